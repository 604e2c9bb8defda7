import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openMachineStore } from '../../../src/machines/store/open-store.ts';
import type { EngineApi } from '../../support/api.ts';
import { ended, type Finished, run, type RunOptions } from '../../support/command.ts';
import type { TestHost } from '../../support/hosts.ts';
import { machineRecord } from '../../support/machine-record.ts';
import { referenceBinary } from '../../support/reference.ts';
import {
  program,
  type RemoteEngine,
  startRemoteEngine,
  tcomposeOn,
} from '../../support/remote-engine.ts';
import { sshHome } from '../../support/ssh-home.ts';

const home = sshHome();
const project = join(home.path, 'shop');
let remote: RemoteEngine;
let host: TestHost;
let api: EngineApi;

beforeAll(async () => {
  remote = await startRemoteEngine(home, {
    users: [
      { name: 'dora', groups: ['docker'], authorizedKeys: [home.publicKey] },
      { name: 'otto', authorizedKeys: [home.publicKey] },
    ],
  });
  ({ host, api } = remote);
  mkdirSync(join(project, 'image'), { recursive: true });
  writeFileSync(
    join(project, 'compose.yaml'),
    `services:
  web:
    image: test-idle
  talker:
    image: busybox
    command: [sh, -c, 'trap "exit 0" TERM; for i in 1 2 3; do echo line $$i; done; tail -f /dev/null & wait']
  made:
    build: image
    profiles: [made]
`,
  );
  writeFileSync(
    join(project, 'image/Dockerfile'),
    'FROM busybox\nARG WORD=none\nCOPY page /page\nRUN echo "$WORD" >/word\nCMD ["cat", "/page", "/word"]\n',
  );
  writeFileSync(join(project, 'image/page'), 'a page\n');
});

afterAll(() => remote[Symbol.asyncDispose]());

/** Runs tcompose as the user whose home it is, with the engine of the host. */
function tcompose(
  args: readonly string[],
  options: RunOptions & { readonly engine?: string } = {},
): Promise<Finished> {
  const { engine = remote.url, ...rest } = options;
  return tcomposeOn(engine, home, args, { cwd: project, ...rest });
}

it('up, ps, logs, exec and cp work on the engine of a host over one connection', async () => {
  const logins = async (): Promise<number> => {
    const count = 'journalctl -u ssh --no-pager | grep -c "Accepted publickey"';
    return Number(await host.shell(count));
  };
  const before = await logins();
  ended(await tcompose(['up', '-d']));
  expect((await logins()) - before).toBe(1);
  expect(
    ended(await tcompose(['ps', '--services']))
      .stdout.split('\n')
      .toSorted()
      .join(' ')
      .trim(),
  ).toBe('talker web');
  const names = (await api.containers(['com.docker.compose.project=shop'])).map(({ Name }) => Name);
  expect(names).toEqual(['/shop-talker-1', '/shop-web-1']);
  const logs = ended(await tcompose(['logs', '--no-log-prefix', 'talker']));
  expect(logs.stdout).toBe('line 1\nline 2\nline 3\n');
  const exec = await tcompose(['exec', '-T', 'web', 'sh', '-c', 'cat; echo err >&2; exit 42'], {
    input: 'typed\n',
  });
  expect([exec.code, exec.stdout, exec.stderr]).toEqual([42, 'typed\n', 'err\n']);
  writeFileSync(join(project, 'sent'), 'x'.repeat(2_000_000));
  ended(await tcompose(['cp', 'sent', 'web:/tmp/sent']));
  expect(await api.execute('shop-web-1', ['sh', '-c', 'wc -c </tmp/sent'])).toBe('2000000');
  ended(await tcompose(['cp', 'web:/tmp/sent', 'back']));
});

it('exec at a terminal has a terminal in the container', async () => {
  // Engines before 23 are told the size when the command runs already.
  const sized = 'until [ "$(stty size 2>/dev/null)" = "23 91" ]; do :; done; tty; stty size';
  const script = `${program} exec web sh -c '${sized}'`;
  const done = await run('script', ['-qec', `stty columns 91 rows 23; ${script}`, '/dev/null'], {
    cwd: project,
    env: { ...home.env, DOCKER_HOST: remote.url, TERM: 'xterm' },
    timeout: 60_000,
  });
  // Which number is free depends on terminals that were closed just before.
  expect(done.stdout.replaceAll('\r', '')).toMatch(/\/dev\/pts\/\d+\n23 91\n/);
});

it('logs -f follows until it is interrupted', async () => {
  const done = await tcompose(['logs', '-f', '--no-log-prefix', 'talker'], {
    signals: [{ after: 'line 3', signal: 'SIGINT' }],
  });
  expect(done.code).toBe(130);
  expect(done.stdout).toBe('line 1\nline 2\nline 3\n');
});

it('run gives the exit code of the container and removes it', async () => {
  const done = await tcompose(['run', '--rm', '-T', 'web', 'sh', '-c', 'echo hi; exit 5']);
  expect([done.code, done.stdout]).toEqual([5, 'hi\n']);
});

it('the classic builder gets its context over SSH', async () => {
  const env = { DOCKER_BUILDKIT: '0' };
  ended(await tcompose(['build', '--build-arg', 'WORD=classic', 'made'], { env }));
  const ran = await tcompose(['run', '--rm', '-T', 'made']);
  expect(ended(ran).stdout).toBe('a page\nclassic\n');
});

it('buildx builds through a socket of its own, which is gone afterwards', async () => {
  const plugins = join(home.path, '.docker/cli-plugins');
  mkdirSync(plugins, { recursive: true });
  symlinkSync(await referenceBinary('docker-buildx'), join(plugins, 'docker-buildx'));
  const temporary = join(home.path, 'tmp');
  mkdirSync(temporary);
  const env = { DOCKER_BUILDKIT: '1', TMPDIR: temporary };
  ended(await tcompose(['build', '--build-arg', 'WORD=buildx', 'made'], { env }));
  expect(readdirSync(temporary)).toEqual([]);
  const ran = await tcompose(['run', '--rm', '-T', 'made']);
  expect(ended(ran).stdout).toBe('a page\nbuildx\n');
});

it('a connection that is cut is told, and the next command works', async () => {
  const cut = (): void => {
    void host.exec(['sh', '-c', 'pkill -KILL -f "sshd: root"']);
  };
  const done = await tcompose(['logs', '-f', '--no-log-prefix', 'talker'], {
    reactions: [{ after: 'line 3', act: cut }],
  });
  expect(done.code).toBe(1);
  expect(done.stderr).toContain('lost the connection to the Docker daemon at ssh://root@');
  // It carried the tests' own view of the engine as well.
  api = await host.dockerApi();
  ended(await tcompose(['ps']));
});

it('a user without rights on the socket is told which group is missing', async () => {
  const done = await tcompose(['ps'], { engine: `ssh://otto@${host.address}` });
  expect(done.code).toBe(1);
  expect(done.stderr).toContain('otto may not use the Docker Engine of');
  expect(done.stderr).toContain('sudo usermod -aG docker otto');
  ended(await tcompose(['ps'], { engine: `ssh://dora@${host.address}` }));
});

it('a host without Docker, a wrong path and an unknown key are told apart', async () => {
  const wrong = await tcompose(['ps'], { engine: `ssh://root@${host.address}/run/nothing.sock` });
  expect(wrong.stderr).toContain('nothing answers at /run/nothing.sock');
  const refused = await tcompose(['ps'], { engine: `ssh://root@${host.address}:23` });
  expect(refused.stderr).toContain('nothing listens there (connection refused)');
  using stranger = sshHome();
  stranger.know(host.address, host.hostKey);
  const unknown = await tcompose(['ps'], { env: { HOME: stranger.path } });
  expect(unknown.stderr).toContain(`key ${stranger.keyPath} (SHA256:`);
  expect(unknown.stderr).toContain('was not accepted');
});

it('a changed host key is refused with both fingerprints and the line to remove', async () => {
  using victim = sshHome();
  victim.know(host.address, victim.publicKey.split(' ').slice(0, 2).join(' '));
  const done = await tcompose(['ps'], { env: { HOME: victim.path } });
  expect(done.code).toBe(1);
  expect(done.stderr.match(/SHA256:/g)).toHaveLength(2);
  expect(done.stderr).toContain(join(victim.path, '.ssh/known_hosts:1'));
  expect(done.stderr).toContain(`ssh-keygen -R ${host.address}`);
});

it('contexts of docker and -H reach the host as well', async () => {
  const engine = remote.url;
  ended(await tcompose(['-H', engine, 'ps'], { engine: 'unix:///nowhere' }));
  const { createHash } = await import('node:crypto');
  const id = createHash('sha256').update('far').digest('hex');
  const folder = join(home.path, '.docker/contexts/meta', id);
  mkdirSync(folder, { recursive: true });
  const meta = { Name: 'far', Endpoints: { docker: { Host: engine } } };
  writeFileSync(join(folder, 'meta.json'), JSON.stringify(meta));
  ended(await tcompose(['-c', 'far', 'ps'], { engine: '' }));
});

it('where sshd forwards no sockets, the docker command of the host is used', async () => {
  using strict = sshHome();
  const other = await remote.hosts.start({
    image: 'bookworm-docker',
    authorizedKeys: [strict.publicKey],
    sshdConfig: 'AllowStreamLocalForwarding no\nMaxSessions 10',
  });
  try {
    strict.know(other.address, other.hostKey);
    await other.shell('until docker version >/dev/null 2>&1; do sleep 0.1; done');
    const env = { HOME: strict.path };
    const done = await tcompose(['ls'], { engine: `ssh://root@${other.address}`, env });
    expect(ended(done).stdout).toContain('NAME');
  } finally {
    await other.remove();
  }
});

it('configs and secrets that only this computer has reach containers, those of run too', async () => {
  const folder = join(home.path, 'given');
  mkdirSync(folder);
  writeFileSync(join(folder, 'token'), 'secret');
  writeFileSync(join(folder, 'empty'), '');
  const file = (service: string): string => `services:
  web:
    image: test-idle
    secrets: [token]
    configs: [{source: empty, target: /etc/empty}]
${service}secrets: {token: {file: token}}
configs: {empty: {file: empty}}
`;
  writeFileSync(join(folder, 'compose.yaml'), file(''));
  ended(await tcompose(['up', '-d'], { cwd: folder }));
  const look = ['sh', '-c', 'cat /run/secrets/token /etc/empty'];
  expect(await api.execute('given-web-1', look)).toBe('secret');
  const [before] = await api.containers(['com.docker.compose.project=given']);
  ended(await tcompose(['up', '-d'], { cwd: folder }));
  const [same] = await api.containers(['com.docker.compose.project=given']);
  expect(same?.Id).toBe(before?.Id);
  const ran = await tcompose(['run', '--rm', '-T', 'web', ...look], { cwd: folder });
  expect(ended(ran).stdout).toBe('secret');

  writeFileSync(join(folder, 'compose.yaml'), file('    read_only: true\n'));
  const refused = await tcompose(['up', '-d'], { cwd: folder });
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('service "web" is read-only');
  expect(refused.stderr).toContain('compose.yaml:4:');
  ended(await tcompose(['down', '-t', '1'], { cwd: folder }));
});

it('--machine and TCOMPOSE_MACHINE choose the engine of a machine of the store', async () => {
  const path = join(home.path, '.tcompose');
  const store = openMachineStore({ path, command: 'test' });
  const { signal } = new AbortController();
  const ssh = { user: 'root', port: 22, key: home.keyPath };
  await store.withMachine('m1', { create: true, timeout: 0, signal }, (folder) =>
    folder.write(machineRecord({ name: 'm1', address: host.address, ssh })),
  );
  const elsewhere = { engine: 'unix:///nowhere' };
  ended(await tcompose(['--machine', 'm1', 'ps'], elsewhere));
  ended(await tcompose(['ps'], { ...elsewhere, env: { TCOMPOSE_MACHINE: 'm1' } }));
  const named = await tcompose(['ps'], { ...elsewhere, env: { DOCKER_MACHINE_NAME: 'm1' } });
  expect(named.stderr).toContain('Cannot connect to the Docker daemon at unix:///nowhere');
  const unknown = await tcompose(['--machine', 'm2', 'ps'], elsewhere);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toContain('m2');
  expect(unknown.stderr).toContain('m1');
});

describe('a certificate, which only ssh itself can show', () => {
  const guest = sshHome();
  const temporary = join(guest.path, 'tmp');
  afterAll(() => guest[Symbol.dispose]());

  beforeAll(async () => {
    const authority = join(guest.path, 'authority');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', authority]);
    const trusted = `cert-authority ${readFileSync(`${authority}.pub`, 'utf8').trim()}`;
    await host.shell(`echo '${trusted}' >>/root/.ssh/authorized_keys`);
    guest.know(host.address, host.hostKey);
    guest.configure(
      `IdentityFile ${guest.keyPath}\nUserKnownHostsFile ${guest.path}/.ssh/known_hosts\n`,
    );
    mkdirSync(temporary);
    // The machine's own ssh takes the home directory from /etc/passwd.
    mkdirSync(join(guest.path, 'bin'));
    const ssh = `#!/bin/sh\nexec /usr/bin/ssh -F ${guest.path}/.ssh/config "$@"\n`;
    writeFileSync(join(guest.path, 'bin/ssh'), ssh, { mode: 0o755 });
  });

  const certify = (validity: string): void => {
    const words = ['-q', '-s', 'authority', '-I', 'guest', '-n', 'root', '-V', validity];
    execFileSync('ssh-keygen', [...words, `${guest.keyPath}.pub`], { cwd: guest.path });
  };
  const asGuest = (args: readonly string[], options: RunOptions = {}): Promise<Finished> =>
    tcomposeOn(remote.url, guest, args, {
      cwd: project,
      ...options,
      env: { PATH: `${guest.path}/bin:${process.env['PATH']}`, TMPDIR: temporary },
    });

  it('lets in by that, once for each command, and nothing stays behind', async () => {
    certify('+1h');
    const logins = async (): Promise<number> =>
      Number(await host.shell('journalctl -u ssh --no-pager | grep -c "ED25519-CERT" || true'));
    const before = await logins();
    ended(await asGuest(['up', '-d']));
    expect((await logins()) - before).toBe(1);
    expect(ended(await asGuest(['exec', '-T', 'web', 'echo', 'here'])).stdout).toBe('here\n');
    const attached = await asGuest(['up'], {
      signals: [{ after: 'Attaching to', signal: 'SIGINT' }],
    });
    expect(attached.stderr).toContain('Container shop-talker-1 Stopped');
    const killed = await asGuest(['logs', '-f', 'talker'], {
      signals: [{ after: 'line 3', signal: 'SIGKILL' }],
    });
    expect(killed.stdout).toContain('line 3');
    await expect
      .poll(() => spawnSync('pgrep', ['-f', `-L ${temporary}`]).stdout.toString(), {
        timeout: 20_000,
      })
      .toBe('');
    rmSync(temporary, { recursive: true });
    mkdirSync(temporary);
    ended(await asGuest(['down', '-t', '1']));
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('that has expired is refused in the words of both', async () => {
    certify('-2h:-1h');
    const { code, stderr } = await asGuest(['ps']);
    expect(code).toBe(1);
    expect(stderr).toContain('does not let root in: key');
    expect(stderr).toContain('; nor does ssh get in: root@');
    expect(stderr).toContain('Permission denied');
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('leads to the engine only, which is said where files are needed', async () => {
    certify('+1h');
    const folder = join(guest.path, 'bound');
    mkdirSync(folder);
    const file = 'services:\n  web:\n    image: test-idle\n    volumes: [./:/srv]\n';
    writeFileSync(join(folder, 'compose.yaml'), file);
    const { code, stderr } = await asGuest(['up', '-d', '--sync-binds'], { cwd: folder });
    expect(code).toBe(1);
    expect(stderr).toContain('leads to its engine, but not to its files');
    expect(await api.containers(['com.docker.compose.project=bound'])).toEqual([]);
  });
});

it('no private directory is left behind', () => {
  const left = readdirSync(tmpdir()).filter((name) => /^tcompose-\w{6}$/.test(name));
  expect(left).toEqual([]);
});
