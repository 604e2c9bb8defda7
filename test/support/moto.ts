/**
 * EC2, emulated by moto out of Debian trixie: a root made by mmdebstrap once and kept in the cache, in which the
 * server runs on the loopback interface and ends with the process that started it.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { asRoot, succeedAsRoot } from './command.ts';
import { cache, debianMirror, unpackPackage } from './debian.ts';
import { motoImages } from './moto-images.ts';

/** How long the server may take to answer, in milliseconds. */
const START_TIMEOUT = 60_000;

export interface Moto extends AsyncDisposable {
  readonly url: string;
  /** Forgets everything that was made. */
  reset(): Promise<void>;
}

/**
 * Starts a server for this process.
 * @throws with what is missing, or with the end of the server's output when it does not come up
 */
export async function startMoto(): Promise<Moto> {
  const root = await motoRoot();
  const images = JSON.stringify(motoImages);
  const file = `/amis-${createHash('sha256').update(images).digest('hex').slice(0, 12)}.json`;
  if (!existsSync(join(root, file))) {
    await succeedAsRoot(['tee', join(root, file)], { input: images });
  }
  const port = await freePort();
  const settings = [
    `MOTO_AMIS_PATH=${file}`,
    'MOTO_ENABLE_AMI_VALIDATION=true',
    'MOTO_EC2_ENABLE_INSTANCE_TYPE_VALIDATION=true',
    'MOTO_ENABLE_KEYPAIR_VALIDATION=true',
  ];
  const inRoot = ['setpriv', '--pdeathsig', 'KILL', 'chroot', root, 'env', '-i'];
  const server = ['moto_server', '-H', '127.0.0.1', '-p', String(port)];
  const [program, ...args] = asRoot([
    ...inRoot,
    'PATH=/usr/bin:/bin',
    'LANG=C.UTF-8',
    ...settings,
    ...server,
  ]);
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'exit');
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => {
    output = `${output}${chunk.toString('utf8')}`.slice(-4000);
  });
  const url = `http://127.0.0.1:${port}`;
  const deadline = performance.now() + START_TIMEOUT;
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`moto did not start:\n${output}`);
    }
    await delay(50);
  }
  return {
    url,
    reset: async () => {
      await fetch(`${url}/moto-api/reset`, { method: 'POST' });
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The root with moto in it, made at first use; a run beside this one waits for it. */
async function motoRoot(): Promise<string> {
  const folder = join(cache, 'moto');
  const root = join(folder, 'root-trixie');
  if (existsSync(join(root, 'usr/bin/moto_server'))) return root;
  mkdirSync(folder, { recursive: true });
  const mmdebstrap = await unpackPackage('bookworm', 'mmdebstrap');
  const build = [
    'perl',
    join(mmdebstrap.root, 'usr/bin/mmdebstrap'),
    '--quiet',
    '--mode=root',
    '--format=directory',
    '--variant=apt',
    '--include=python3-moto,python3-flask,python3-flask-cors',
    'trixie',
    `${root}.new`,
    await debianMirror(),
  ];
  await succeedAsRoot([
    'flock',
    `${root}.lock`,
    'sh',
    '-c',
    '[ -e "$0" ] || { rm -rf "$0.new"; "$@" && mv "$0.new" "$0"; }',
    root,
    ...build,
  ]);
  return root;
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/moto-api/data.json`)).ok;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
