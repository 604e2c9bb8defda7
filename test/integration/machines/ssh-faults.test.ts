import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openSshHost } from '../../../src/machines/ssh/open-ssh-host.ts';
import { resolveTarget, targetSources } from '../../../src/machines/ssh/resolve-target.ts';
import { createSshContext } from '../../../src/machines/ssh/ssh-context.ts';
import type { EngineApi } from '../../support/api.ts';
import { ended, type Finished, run, type RunOptions } from '../../support/command.ts';
import type { TestHost } from '../../support/hosts.ts';
import {
  program,
  type RemoteEngine,
  startRemoteEngine,
  tcomposeOn,
} from '../../support/remote-engine.ts';
import { sshHome } from '../../support/ssh-home.ts';
import { TcpProxy } from '../../support/tcp-proxy.ts';
import { signalProgram, type } from '../../support/terminal.ts';

const home = sshHome();
const project = join(home.path, 'shop');
let engine: RemoteEngine;
let host: TestHost;
let api: EngineApi;
let proxy: TcpProxy;

beforeAll(async () => {
  engine = await startRemoteEngine(home);
  ({ host, api } = engine);
  proxy = await TcpProxy.start(host.address);
  home.know(`[127.0.0.1]:${proxy.port}`, host.hostKey);
  mkdirSync(join(project, 'image'), { recursive: true });
  writeFileSync(
    join(project, 'image/Dockerfile'),
    'FROM busybox\nRUN echo begun; cat /dev/zero | sleep 600\n',
  );
  writeFileSync(
    join(project, 'compose.yaml'),
    `services:
  web:
    image: test-idle
  talker:
    image: busybox
    command: [sh, -c, 'trap "exit 0" TERM; echo line 1; tail -f /dev/null & wait']
  after:
    image: test-idle
    profiles: [chain]
    depends_on: { gate: { condition: service_healthy } }
  gate:
    image: test-idle
    profiles: [chain]
    healthcheck: { test: [CMD, test, -e, /open], interval: 100ms, retries: 1000 }
  made:
    build: image
    profiles: [made]
`,
  );
  ended(await tcompose(['up', '-d']));
});

afterEach(() => {
  proxy.delay = 0;
});

afterAll(async () => {
  await proxy?.[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
});

/** The host's engine, through the proxy. */
const proxied = (): string => `ssh://root@127.0.0.1:${proxy.port}`;

const tcompose = (args: readonly string[], options: RunOptions = {}): Promise<Finished> =>
  tcomposeOn(proxied(), home, args, { cwd: project, timeout: 60_000, ...options });

const cutAfter = (after: string): RunOptions => ({
  reactions: [{ after, act: () => proxy.cut() }],
});

describe('a connection that is cut', () => {
  it.each<readonly [string, readonly string[], string]>([
    ['logs', ['logs', '-f', 'talker'], 'line 1'],
    ['up', ['up', 'talker'], 'Attaching'],
    ['exec', ['exec', '-T', 'web', 'sh', '-c', 'echo begun; exec sleep 600'], 'begun'],
    ['run', ['run', '-T', '--rm', '--name', 'one-off', 'talker'], 'line 1'],
    ['build', ['build', 'made'], 'Step 2/'],
  ])('fails %s with the host and what to do', async (_title, args, after) => {
    const done = await tcompose(args, { ...cutAfter(after), env: { DOCKER_BUILDKIT: '0' } });
    ended(done, 1);
    expect(done.stderr).toContain(`lost the connection to the Docker daemon at ${proxied()}`);
    expect(done.stderr).toContain('help: Check that the host and its engine still run');
    expect(done.stderr).not.toContain('internal error');
  });

  it('is made again by up while it waits', async () => {
    const before = proxy.connections;
    const done = await tcompose(['--profile', 'chain', 'up', '-d', 'after'], {
      reactions: [
        {
          after: 'Waiting',
          act: () => {
            proxy.cut();
            void api.execute('shop-gate-1', ['touch', '/open']);
          },
        },
      ],
    });
    ended(done);
    expect(proxy.connections - before).toBe(2);
    expect(done.stderr).toContain('shop-after-1 Started');
  });

  it('in the middle of changes is told, and the same command finishes them', async () => {
    const scaled = ['up', '-d', '--scale', 'web=8', 'web'];
    const done = await tcompose(scaled, cutAfter('web-2 Creating'));
    if (done.code !== 0) expect(done.stderr).toContain('lost the connection to');
    ended(await tcompose(scaled));
    const running = await api.containers(['com.docker.compose.service=web']);
    expect(running.map(({ State }) => State.Status)).toEqual(Array(8).fill('running'));
    ended(await tcompose(['up', '-d', '-t', '1', '--scale', 'web=1', 'web']));
  });

  it('that says nothing any more is given up when that was asked for', async () => {
    home.configure('Host *\n  ServerAliveInterval 1\n  ServerAliveCountMax 2\n');
    try {
      const frozen = { reactions: [{ after: 'line 1', act: () => proxy.freeze() }] };
      const done = await tcompose(['logs', '-f', 'talker'], frozen);
      expect(ended(done, 1).stderr).toContain('lost the connection to');
    } finally {
      home.configure('');
      proxy.cut();
    }
  });

  it('leaves a terminal as it was', async () => {
    const words = `${program} exec web sh -c 'echo begun; exec sleep 600'; stty -a`;
    const done = await run('script', ['-qec', words, '/dev/null'], {
      cwd: project,
      timeout: 60_000,
      ...cutAfter('begun'),
      env: { ...home.env, DOCKER_HOST: proxied(), TERM: 'xterm' },
    });
    expect(done.stdout).toContain('lost the connection to');
    expect(done.stdout).toMatch(/ icanon .* echo /s);
  });
});

it('a slow link costs time and nothing else', async () => {
  proxy.delay = 60;
  ended(await tcompose(['up', '-d']));
  expect(ended(await tcompose(['exec', '-T', 'web', 'echo', 'hi'])).stdout).toBe('hi\n');
});

it('one session at a time is enough', async () => {
  await host.shell('echo MaxSessions 1 >>/etc/ssh/sshd_config; systemctl reload ssh');
  writeFileSync(join(project, 'bound'), 'bound');
  writeFileSync(join(project, 'b.yaml'), 'services: { web: { volumes: [./bound:/bound] } }\n');
  const both = ['-f', 'compose.yaml', '-f', 'b.yaml'];
  ended(await tcompose([...both, 'up', '-d', '-t', '1', '--sync-binds']));
  expect(ended(await tcompose(['exec', '-T', 'web', 'cat', '/bound'])).stdout).toBe('bound');
  const { signal } = new AbortController();
  const target = resolveTarget({ host: host.address, user: 'root' }, targetSources({}, home.path));
  const ssh = openSshHost(target, createSshContext({ env: {} }));
  try {
    await ssh.writeFile('/root/f', 'text', { mode: 0o600, signal });
    expect((await ssh.run(['cat', '/root/f'], { signal })).stdout).toBe('text');
    const [file, done] = await Promise.all([
      ssh.readFile('/root/f', signal),
      ssh.run(['echo', 'both'], { signal }),
    ]);
    expect([Buffer.from(file).toString(), done.stdout]).toEqual(['text', 'both\n']);
  } finally {
    ssh.close();
  }
});

describe('a passphrase', () => {
  const careful = sshHome({ passphrase: 'open sesame' });
  const prompt = 'Passphrase of';
  afterAll(() => careful[Symbol.dispose]());

  /** What a terminal shows, with its state afterwards. */
  const atTerminal = (reactions: RunOptions['reactions']): Promise<Finished> =>
    run('script', ['-qec', `${program} ls; echo "code $?"; stty -a`, '/dev/null'], {
      timeout: 60_000,
      reactions,
      env: { ...careful.env, TERM: 'xterm', DOCKER_HOST: engine.url },
    });

  beforeAll(async () => {
    careful.know(host.address, host.hostKey);
    await host.shell(`echo '${careful.publicKey}' >>/root/.ssh/authorized_keys`);
  });

  it.each<readonly [string, readonly string[], number, string]>([
    ['interrupted', ['\u0003'], 130, ''],
    ['the end of input', ['\u0004'], 1, 'the terminal was closed'],
    ['wrong three times', ['a\r', 'b\r', 'c\r'], 1, 'three wrong passphrases for'],
    ['right the second time', ['a\r', 'open sesame\r'], 0, 'NAME'],
  ])('that is %s leaves the terminal as it was', async (_title, keys, code, said) => {
    const done = await atTerminal(keys.map((key) => type(key, prompt)));
    expect(done.stdout).toContain(`code ${code}`);
    expect(done.stdout).toContain(said);
    expect(done.stdout.split(prompt)).toHaveLength(keys.length + 1);
    expect(done.stdout).not.toContain('sesame');
    expect(done.stdout).toMatch(/ icanon .* echo /s);
  });

  it('is given up when the program is to end', async () => {
    const done = await atTerminal([signalProgram('SIGTERM', prompt)]);
    expect(done.stdout).toContain('code 130');
    expect(done.stdout).toMatch(/ icanon .* echo /s);
  });
});

it('logs of a host that is switched off end, and work again when it is back', async () => {
  const done = await tcompose(['logs', '-f', 'talker'], {
    reactions: [{ after: 'line 1', act: () => void host.kill() }],
  });
  expect(ended(done, 1).stderr).toContain('lost the connection to');
  const gone = await tcompose(['ps']);
  expect(gone.code).toBe(1);
  expect(gone.stderr).toContain(`127.0.0.1:${proxy.port}`);
  await host.start();
  await host.shell('until docker version >/dev/null 2>&1; do sleep 0.1; done');
  expect(ended(await tcompose(['logs', 'talker'])).stdout).toContain('line 1');
});
