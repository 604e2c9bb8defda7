/**
 * A host whose engine docker-machine has exposed, and its machine out of docker-machine's store: taken over and left
 * as it is, with other certificates, and with its port closed.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { machineCertificates } from '../../../src/machines/provision/certificates.ts';
import type { EngineApi } from '../../support/api.ts';
import { type Finished, run } from '../../support/command.ts';
import { checkout } from '../../support/debian.ts';
import { startHosts, type TestHost, type TestHosts } from '../../support/hosts.ts';
import { importTestImages } from '../../support/images.ts';
import { newKey } from '../../support/ssh-key.ts';
import { MACHINE_DROP_IN, machineDropIn } from '../../unit/machines/provision/exposed-fixtures.ts';

const folder = mkdtempSync(join(tmpdir(), 'tcompose-exposed-'));
const key = newKey('tests');
const machines = join(folder, 'store/machines');
const GUARD = '/etc/systemd/system/docker.service.d/40-guard.conf';
const DAEMON_JSON = '/etc/docker/daemon.json';
let hosts: TestHosts;
let host: TestHost;
let api: EngineApi;
let dropIn: string;
let driver: string;

beforeAll(async () => {
  hosts = await startHosts();
  host = await hosts.start({
    image: 'trixie-docker',
    authorizedKeys: [key.public],
    files: { [DAEMON_JSON]: '{"max-concurrent-downloads": 2}\n' },
  });
  api = await host.dockerApi();
  expect(await api.alive()).toBe(true);
  await importTestImages(api);
  driver = (await host.shell("docker info --format '{{.Driver}}'")).trim();
  await host.shell(
    'docker run -q -d --name kept --restart always -v data:/data test-idle && docker exec kept sh -c "echo precious >/data/file"',
  );
  await expose();
});

afterAll(async () => {
  await hosts.close();
  rmSync(folder, { recursive: true, force: true });
});

/** What `docker-machine create -d generic` does to a host, and what it keeps of it. */
async function expose(): Promise<void> {
  const old = join(folder, 'old/machines/web');
  mkdirSync(old, { recursive: true });
  const files = {
    readFile: () => Promise.resolve(undefined),
    writeFile: (name: string, text: string) =>
      Promise.resolve(writeFileSync(join(old, name), text)),
  };
  const names = [host.address];
  await machineCertificates(files, { machine: 'web', names, now: Date.now() });
  rmSync(join(old, 'ca-key.pem'));
  writeFileSync(join(old, 'id_rsa'), key.private, { mode: 0o600 });
  writeFileSync(join(old, 'config.json'), JSON.stringify(dockerMachineConfig()));
  for (const name of ['ca.pem', 'server.pem', 'server-key.pem']) {
    const text = readFileSync(join(old, name), 'utf8');
    // As it writes them: whoever is on the host can read the key.
    await host.exec(
      ['sh', '-c', `cat >/etc/docker/${name} && chmod 644 /etc/docker/${name}`],
      text,
    );
  }
  dropIn = machineDropIn(
    `--storage-driver ${driver} --label tier=web --label provider=generic --insecure-registry reg.local:5000 --registry-mirror http://mirror.local:5000 --log-level=warn`,
    'FOO=bar',
  );
  await host.shell('test -e /usr/bin/dockerd || ln -s /usr/sbin/dockerd /usr/bin/dockerd');
  await host.shell(`mkdir -p $(dirname ${MACHINE_DROP_IN})`);
  await host.exec(['sh', '-c', `cat >${MACHINE_DROP_IN}`], dropIn);
  await host.shell('systemctl daemon-reload; systemctl restart docker');
}

function dockerMachineConfig(): unknown {
  return {
    ConfigVersion: 3,
    Driver: {
      IPAddress: host.address,
      MachineName: 'web',
      SSHUser: 'root',
      SSHPort: 22,
      SSHKeyPath: '/home/ada/.docker/machine/machines/web/id_rsa',
      EnginePort: 2376,
    },
    DriverName: 'generic',
    HostOptions: {
      EngineOptions: {
        ArbitraryFlags: ['log-level=warn'],
        Env: ['FOO=bar'],
        InsecureRegistry: ['reg.local:5000'],
        Labels: ['tier=web'],
        StorageDriver: driver,
        TlsVerify: true,
        RegistryMirror: ['http://mirror.local:5000'],
        InstallURL: 'https://get.docker.com',
      },
      AuthOptions: { ServerCertSANs: [] },
    },
    Name: 'web',
  };
}

function machine(...words: readonly string[]): Promise<Finished> {
  return run(join(checkout, 'bin/tcompose'), ['machine', ...words], {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      SHELL: '/bin/bash',
      TCOMPOSE_HOME: join(folder, 'store'),
    },
    timeout: 240_000,
  });
}

async function succeed(...words: readonly string[]): Promise<string> {
  const finished = await machine(...words);
  expect(finished.code, finished.stderr).toBe(0);
  return finished.stdout;
}

/** All that an administrator has put on the host, and since when the engine runs. */
function stateOfHost(): Promise<string> {
  return host.shell(
    'find /etc/docker /etc/systemd/system /var/lib/tcompose -type f 2>/dev/null | sort | xargs sha256sum; systemctl show docker -p ExecMainStartTimestampMonotonic',
  );
}

/** Keeps the engine from coming up unless a command succeeds. */
async function guard(command: string): Promise<void> {
  const text = `[Service]\nExecStartPre=/bin/sh -c "${command}"\n`;
  await host.exec(['sh', '-c', `cat >${GUARD} && systemctl daemon-reload`], text);
}

function unguard(): Promise<string> {
  return host.shell(`rm ${GUARD}; systemctl daemon-reload`);
}

/** Asks the exposed engine with the certificates in a folder. */
function ask(path: string): Promise<number | string> {
  const [ca, cert, own] = ['ca.pem', 'cert.pem', 'key.pem'].map((name) =>
    readFileSync(join(path, name), 'utf8'),
  );
  return new Promise((resolve) => {
    const options = { host: host.address, port: 2376, path: '/version', ca, cert, key: own };
    const sent = request({ ...options, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    });
    sent.on('error', (error) => resolve(error.message));
    sent.end();
  });
}

async function ports(name: string): Promise<unknown> {
  const { stdout } = await machine('doctor', '--format', 'json', name);
  const [report] = JSON.parse(stdout) as { checks: { id: string }[] }[];
  return report?.checks.find(({ id }) => id === 'ports');
}

async function labels(): Promise<readonly string[]> {
  const text = await host.shell("docker info --format '{{json .Labels}}'");
  return (JSON.parse(text) as string[]).toSorted();
}

describe('a machine whose engine docker-machine has exposed', () => {
  it('is taken over as it is, and the doctor names what closes its port', async () => {
    const before = await stateOfHost();
    expect(await succeed('import', join(folder, 'old'))).toBe('web imported\n');
    const kept = readFileSync(join(machines, 'web/ca.pem'), 'utf8');
    expect(await succeed('provision', 'web')).toBe(
      '(web) Look at the host...\n(web) Everything is as it should be.\n',
    );
    expect(await ports('web')).toMatchObject({
      status: 'warn',
      detail: 'port 2376 listens with TLS on all addresses, as docker-machine left it',
      advice: expect.stringContaining('tcompose machine provision --engine-tls=false web'),
    });
    expect(await succeed('env', 'web')).toContain(`DOCKER_HOST="tcp://${host.address}:2376"`);
    expect(readFileSync(join(machines, 'web/ca.pem'), 'utf8')).toBe(kept);
    expect(await stateOfHost()).toBe(before);
  });

  it('has its certificates back where the engine does not come up with others', async () => {
    await host.shell('cd /etc/docker && sha256sum *.pem >/srv/certificates');
    const entries = await host.shell('ls -l /etc/docker');
    await guard('cd /etc/docker && sha256sum --quiet -c /srv/certificates');
    const failed = await machine('regenerate-certs', '-f', 'web');
    await unguard();
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('What was there before is back, and the engine runs with it'),
    });
    expect(await host.shell('ls -l /etc/docker')).toBe(entries);
    expect(await ask(join(folder, 'old/machines/web'))).toBe(200);
    await succeed('env', 'web');
  });

  it('gets certificates of its own, and keeps all else that docker-machine told its engine', async () => {
    const before = await labels();
    expect(await succeed('regenerate-certs', '-f', 'web')).toContain(
      '(web) done: write certificates to /etc/docker\n(web) done: restart the engine\n',
    );
    const own = join(machines, 'web');
    expect(await succeed('env', 'web')).toContain(
      `export DOCKER_HOST="tcp://${host.address}:2376"\nexport DOCKER_CERT_PATH="${own}"\n`,
    );
    expect(await succeed('config', 'web')).toContain(`--tlscacert="${own}/ca.pem"`);
    expect(await succeed('url', 'web')).toBe(`tcp://${host.address}:2376\n`);
    expect(readdirSync(own)).toContain('ca-key.pem');
    expect(await ask(own)).toBe(200);
    expect(await ask(join(folder, 'old/machines/web'))).not.toBe(200);
    expect(await host.shell("stat -c '%n %a %U' /etc/docker/*")).toBe(
      [
        '/etc/docker/ca.pem 644 root',
        `${DAEMON_JSON} 644 root`,
        '/etc/docker/server-key.pem 600 root',
        '/etc/docker/server.pem 644 root',
        '',
      ].join('\n'),
    );
    expect(await host.shell(`cat ${MACHINE_DROP_IN}`)).toBe(dropIn);
    expect(await labels()).toEqual(before);
  });

  it('is exposed for a machine that is created with TLS on it, too', async () => {
    writeFileSync(join(folder, 'key'), key.private, { mode: 0o600 });
    const address = ['--generic-ip-address', host.address, '--generic-ssh-key', 'key'];
    await succeed('create', '-d', 'generic', ...address, '--engine-tls', 'twin');
    expect(await succeed('env', 'twin')).toContain(`DOCKER_CERT_PATH="${machines}/twin"`);
    expect(await ask(join(machines, 'twin'))).toBe(200);
    expect(await host.shell(`cat ${MACHINE_DROP_IN}`)).toBe(dropIn);
    await succeed('rm', '-y', 'twin');
  });

  it('shows what closing its port would do, and changes nothing', async () => {
    // It is started again with the engine, which does not wait for it.
    await expect.poll(() => host.shell('docker ps -q | wc -l'), { timeout: 30_000 }).toBe('1\n');
    const before = await stateOfHost();
    const shown = await succeed('provision', '--engine-tls=false', '--dry-run', 'web');
    expect(shown).toContain(`(web) would close port 2376, which docker-machine has opened
(web)   + storage-driver: "${driver}"
(web)   + labels: ["tier=web","provider=generic"]
(web)   + insecure-registries: ["reg.local:5000"]
(web)   + registry-mirrors: ["http://mirror.local:5000"]
(web)   + log-level: "warn"
(web)   - -H tcp://0.0.0.0:2376
(web) would restart the engine
(web) note: restarting the engine stops its 1 containers, as live-restore is off
`);
    expect(await stateOfHost()).toBe(before);
    expect(await succeed('url', 'web')).toBe(`tcp://${host.address}:2376\n`);
  });

  it('is as before where the engine does not come up without its port', async () => {
    const configuration = `sha256sum ${MACHINE_DROP_IN} ${DAEMON_JSON}; ls /etc/docker`;
    const before = await host.shell(configuration);
    await guard(`test -e ${MACHINE_DROP_IN} && grep -q dockerd ${MACHINE_DROP_IN}`);
    const failed = await machine('provision', '--engine-tls=false', 'web');
    await unguard();
    expect(failed).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('What was there before is back, and the engine runs with it'),
    });
    expect(await host.shell(configuration)).toBe(before);
    expect(await labels()).toContain('tier=web');
    expect(await succeed('url', 'web')).toBe(`tcp://${host.address}:2376\n`);
  });

  it('has its port closed, and its engine keeps options, environment and data', async () => {
    const before = await labels();
    expect(await succeed('provision', '--engine-tls=false', 'web')).toContain(
      '(web) done: close port 2376, which docker-machine has opened\n(web) done: restart the engine\n',
    );
    expect(await ask(join(machines, 'web'))).toContain('ECONNREFUSED');
    expect(JSON.parse(await host.shell(`cat ${DAEMON_JSON}`))).toEqual({
      'max-concurrent-downloads': 2,
      'storage-driver': driver,
      labels: ['tier=web', 'provider=generic'],
      'insecure-registries': ['reg.local:5000'],
      'registry-mirrors': ['http://mirror.local:5000'],
      'log-level': 'warn',
    });
    expect(await labels()).toEqual(before);
    expect(await host.shell(`cat ${MACHINE_DROP_IN}`)).toBe('[Service]\nEnvironment=FOO=bar\n');
    expect(await host.shell("tr '\\0' '\\n' </proc/$(pidof dockerd)/environ")).toContain('FOO=bar');
    await expect
      .poll(async () => (await host.exec(['docker', 'exec', 'kept', 'cat', '/data/file'])).stdout, {
        timeout: 30_000,
      })
      .toBe('precious\n');
    expect(await host.shell(`ls /etc/docker ${MACHINE_DROP_IN}.*`)).toContain('.before-');
    expect(await succeed('url', 'web')).toBe(`ssh://root@${host.address}\n`);
    expect(await succeed('version', 'web')).toMatch(/^26\./);
    expect(await ports('web')).toMatchObject({ status: 'ok' });
    expect(await succeed('provision', 'web')).toBe(
      '(web) Look at the host...\n(web) Everything is as it should be.\n',
    );
  });
});
