/** A registry that an engine reaches as `127.0.0.1:PORT`, which engines trust without TLS. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './command.ts';
import { unpackPackage } from './debian.ts';

export interface TestRegistry extends AsyncDisposable {
  /** `127.0.0.1:5000`, what image names begin with. */
  readonly address: string;
}

/**
 * Starts the registry of registry-server.ts in the engine's network; `enter` is the engine's. With
 * `login` it wants the user `bob` with the password `secret`.
 */
export async function startRegistry(
  enter: readonly string[],
  port: number,
  login?: 'login',
): Promise<TestRegistry> {
  const server = join(import.meta.dirname, 'registry-server.ts');
  const command = [...enter, process.execPath, server, String(port), ...(login ? [login] : [])];
  const [program, args] = [command[0] ?? '', command.slice(1)];
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await Promise.race([
    once(child.stdout, 'data'),
    ended.then(() => Promise.reject(new Error('the test registry did not start'))),
  ]);
  return {
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** bcrypt of `secret`. */
const PASSWORD = '$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a';

/**
 * Debian's docker-registry, which takes pushes; it wants the user `bob` with the password `secret`. With
 * `tls` it is `localhost:PORT`, with a certificate of the test's CA.
 */
export async function startDockerRegistry(
  enter: readonly string[],
  port: number,
  tls?: 'tls',
): Promise<TestRegistry> {
  const { root } = await unpackPackage('bookworm', 'docker-registry');
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-registry-'));
  writeFileSync(join(folder, 'htpasswd'), `bob:${PASSWORD}\n`);
  const settings = {
    version: 0.1,
    log: { level: 'error', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: join(folder, 'data') } },
    http: {
      addr: `127.0.0.1:${port}`,
      ...(tls && { tls: { certificate: certificate('cert'), key: certificate('key') } }),
    },
    auth: { htpasswd: { realm: 'test', path: join(folder, 'htpasswd') } },
  };
  writeFileSync(join(folder, 'config.yml'), JSON.stringify(settings));
  const program = join(root, 'usr/bin/docker-registry');
  const config = join(folder, 'config.yml');
  const [first, ...rest] = [...enter, 'setpriv', '--pdeathsig', 'KILL', program, 'serve', config];
  const child = spawn(first, rest, { stdio: 'ignore' });
  const ended = once(child, 'exit');
  const address = `${tls ? 'localhost' : '127.0.0.1'}:${port}`;
  // To plain HTTP a registry with TLS answers as well: that it does not speak that.
  await answering(enter, `127.0.0.1:${port}`, child);
  return {
    address,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL');
      await ended;
      rmSync(folder, { recursive: true });
    },
  };
}

function certificate(part: 'cert' | 'key'): string {
  return join(import.meta.dirname, `certificates/engine-${part}.pem`);
}

/** Waits until the registry answers; the engine's network is not that of this process. */
async function answering(
  enter: readonly string[],
  address: string,
  child: ChildProcess,
): Promise<void> {
  const probe = `fetch('http://${address}/v2/').then(() => process.exit(0), () => process.exit(1))`;
  const [first, ...rest] = [...enter, process.execPath, '-e', probe];
  while ((await run(first, rest)).code !== 0) {
    if (child.exitCode !== null) throw new Error('docker-registry did not start');
  }
}
