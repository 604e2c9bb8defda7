import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { HostFacts, OsRelease } from '../../../../src/machines/provision/facts.ts';
import { planHost } from '../../../../src/machines/provision/plan.ts';
import { earlierEnvDropIn, ENV_DROP_IN } from '../../../../src/machines/provision/engine-unit.ts';
import { planText, type Step } from '../../../../src/machines/provision/step.ts';
import type { EngineOptions } from '../../../../src/machines/store/machine-record.ts';
import { debianWithEngine, emptyDebian, planInput } from './fixtures.ts';

function os(id: string, version: string, codename = '', title = `${id} ${version}`): OsRelease {
  return { id, like: [], version, codename, title };
}

const rpm: Partial<HostFacts> = { packager: 'dnf', packages: {} };

interface Case {
  readonly name: string;
  readonly facts: Partial<HostFacts>;
  readonly engine?: Partial<EngineOptions>;
  readonly hostname?: string;
}

const reached: Partial<HostFacts> = { dockerReached: true };

const INSTALLATIONS: readonly Case[] = [
  { name: 'debian-11', facts: { os: os('debian', '11', 'bullseye') } },
  { name: 'debian-11-docker', facts: { os: os('debian', '11', 'bullseye'), ...reached } },
  { name: 'debian-12', facts: { os: os('debian', '12', 'bookworm') } },
  { name: 'debian-12-docker', facts: { os: os('debian', '12', 'bookworm'), ...reached } },
  { name: 'debian-13', facts: { os: os('debian', '13', 'trixie') } },
  { name: 'debian-13-docker', facts: { os: os('debian', '13', 'trixie'), ...reached } },
  { name: 'ubuntu-22.04', facts: { os: os('ubuntu', '22.04', 'jammy') } },
  {
    name: 'ubuntu-22.04-docker',
    facts: { os: os('ubuntu', '22.04', 'jammy'), ...reached, packages: {} },
  },
  { name: 'ubuntu-24.04', facts: { os: os('ubuntu', '24.04', 'noble'), apparmor: true } },
  { name: 'ubuntu-24.04-docker', facts: { os: os('ubuntu', '24.04', 'noble'), ...reached } },
  { name: 'ubuntu-26.04', facts: { os: os('ubuntu', '26.04', 'resolute') } },
  { name: 'ubuntu-26.04-docker', facts: { os: os('ubuntu', '26.04', 'resolute'), ...reached } },
  { name: 'fedora-43', facts: { ...rpm, os: os('fedora', '43') } },
  { name: 'fedora-43-docker', facts: { ...rpm, ...reached, os: os('fedora', '43') } },
  { name: 'rhel-9', facts: { ...rpm, os: os('rhel', '9.4') } },
  { name: 'rocky-9', facts: { ...rpm, os: os('rocky', '9.4') } },
  { name: 'almalinux-10', facts: { ...rpm, os: os('almalinux', '10.0') } },
  {
    name: 'centos-stream-9-pinned',
    facts: { ...rpm, os: os('centos', '9') },
    engine: { version: '28.5' },
  },
  { name: 'amazon-linux-2', facts: { ...rpm, packager: 'yum', os: os('amzn', '2') } },
  { name: 'amazon-linux-2023', facts: { ...rpm, os: os('amzn', '2023') } },
  {
    name: 'debian-12-wishes',
    facts: {
      ...emptyDebian,
      root: 'sudo',
      user: 'admin',
      groups: ['admin'],
      listsAge: 60,
      versions: { 'docker.io': ['20.10.24+dfsg1-1'] },
    },
    engine: {
      labels: ['tier=web'],
      options: ['log-level=warn', 'log-opt=max-size=10m', 'mtu=1400', 'userland-proxy=false'],
      insecureRegistries: ['reg.local:5000'],
      registryMirrors: ['https://mirror.local'],
      storageDriver: 'overlay2',
      env: ['HTTP_PROXY=http://ada:secret@proxy:3128'],
    },
    hostname: 'web-1',
  },
  {
    name: 'debian-12-script',
    facts: {},
    engine: { installUrl: 'https://get.docker.com' },
  },
  {
    name: 'debian-12-pinned-before-lists',
    facts: {},
    engine: { version: '20.10' },
  },
  {
    name: 'debian-12-pinned',
    facts: {
      listsAge: 5,
      versions: { 'docker.io': ['20.10.24+dfsg1-1+deb12u1', '20.10.5+dfsg1-1'] },
    },
    engine: { version: '20.10.5' },
  },
  { name: 'debian-12-interrupted', facts: { interrupted: true } },
  { name: 'debian-12-cloud-init', facts: { cloudInit: 'running' } },
];

describe('plans for hosts without engine', () => {
  it.each(INSTALLATIONS)('$name: the commands are those of its golden text', async (entry) => {
    const { facts, engine, hostname } = entry;
    const rest = hostname === undefined ? {} : { hostname };
    const plan = planHost(planInput(facts, engine, rest));
    const text = plan.ok ? planText(plan.value) : JSON.stringify(plan.error);
    const file = join(import.meta.dirname, 'golden', `${entry.name}.txt`);
    await expect(text).toMatchFileSnapshot(file);
  });

  it('fetches a script without its address in words of a command, for it may have a password', () => {
    const installUrl = 'https://ada:secret@mirror.local/install?token=hidden';
    const plan = planHost(planInput({}, { installUrl }));
    if (!plan.ok) throw new Error(plan.error.message);
    expect(planText(plan.value)).not.toMatch(/secret@|hidden/);
    const run = plan.value.steps.find(({ title }) => title.startsWith('run '));
    expect(run?.argv.join(' ')).not.toContain('mirror.local');
    expect(run).toMatchObject({ input: `${installUrl}\n`, secret: true });
  });

  it('never has a secret in words of a command or in its text', () => {
    const env = ['HTTP_PROXY=http://ada:secret@proxy:3128'];
    const plan = planHost(planInput({}, { env }));
    if (!plan.ok) throw new Error(plan.error.message);
    expect(planText(plan.value)).not.toContain('secret@');
    expect(plan.value.steps.flatMap(({ argv }) => argv).join(' ')).not.toContain('secret@');
  });

  it.each([
    ['arch', { os: os('arch', '') }, 'tcompose cannot install a Docker Engine on'],
    ['old Debian', { os: os('debian', '10', 'buster') }, 'too old; Debian 11'],
    ['old Ubuntu', { os: os('ubuntu', '20.04', 'focal') }, 'too old; Ubuntu 22.04'],
    ['CentOS 7', { os: os('centos', '7') }, 'too old; release 8'],
    ['no systemd', { init: 'openrc-init' }, 'not run by systemd but by "openrc-init"'],
  ])('refuses %s and names what is supported', (_, facts, message) => {
    const plan = planHost(planInput(facts));
    expect(plan).toMatchObject({
      ok: false,
      error: {
        message: expect.stringContaining(message),
        hint: expect.stringContaining('Debian 11 and newer, Ubuntu 22.04 and newer'),
      },
    });
  });

  it.each([
    [
      'docker on Amazon Linux',
      { ...rpm, os: os('amzn', '2023') },
      { source: 'docker' },
      "Docker's repository has no packages for amzn 2023",
    ],
    [
      'the distribution on Rocky',
      { ...rpm, os: os('rocky', '9.4') },
      { source: 'distribution' },
      'rocky 9.4 has no package of the Docker Engine',
    ],
    ['nothing', {}, { source: 'none' }, 'no Docker Engine, and none is to be installed'],
    [
      'a version that is not there',
      { listsAge: 1, versions: { 'docker.io': ['20.10.24+dfsg1-1'] } },
      { version: '28' },
      'no docker.io of version 28',
    ],
    [
      'a broken option',
      {},
      { options: ['mtu=big'] },
      'engine option "mtu=big": the value has to be a whole number',
    ],
    [
      'an option that opens the engine',
      {},
      { options: ['host=tcp://0.0.0.0:2375'] },
      'reached over SSH',
    ],
  ] as const)('refuses %s', (_, facts, engine, message) => {
    expect(planHost(planInput(facts, engine))).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining(message) },
    });
  });
});

describe('users without root', () => {
  it.each([
    ['password', 'asks ada for a password'],
    ['denied', 'ada may not use sudo'],
    ['needs-tty', 'at a terminal only'],
    ['no-sudo', 'the host has no sudo'],
  ] as const)('%s: says so and prints the line that sudoers lacks', (root, message) => {
    const plan = planHost(planInput({ root, user: 'ada', groups: [] }));
    expect(plan).toMatchObject({
      ok: false,
      error: {
        message: expect.stringContaining(message),
        hint: expect.stringContaining('/etc/sudoers.d/ada'),
      },
    });
  });

  it('is none of an engine that is left as it is', () => {
    const facts = { ...debianWithEngine, root: 'denied', user: 'ada', groups: ['docker'] } as const;
    expect(planHost(planInput(facts, {}, { configure: false }))).toMatchObject({
      ok: true,
      value: { steps: [] },
    });
  });
});

describe('plans for hosts with an engine', () => {
  const left = (facts: Partial<HostFacts>, engine: Partial<EngineOptions>): readonly string[] => {
    const plan = planHost(
      planInput({ ...debianWithEngine, ...facts }, engine, { configure: false }),
    );
    if (!plan.ok) throw new Error(plan.error.message);
    expect(plan.value.steps).toEqual([]);
    return plan.value.left;
  };

  it('leave one that was adopted as it is and tell what differs', () => {
    expect(left({}, {})).toEqual([]);
    expect(
      left({}, { labels: ['a=b'], env: ['X=1'], storageDriver: 'btrfs', version: '28.5' }),
    ).toEqual([
      '/etc/docker/daemon.json: + labels: ["a=b"]',
      'environment of the engine: X',
      'storage driver: overlay2 stays, as images and containers would vanish with btrfs',
      'engine: 20.10.24 stays, 28.5 was asked for: tcompose machine upgrade --engine-version 28.5',
    ]);
    expect(left({ user: 'ada', groups: [], root: 'sudo' }, {})).toEqual([
      'ada is not in the group docker and cannot use the engine: "machine provision --configure" adds it',
    ]);
  });

  it('do not tell what was put there when it was configured, though nobody asked for it', () => {
    const daemon = { labels: ['provider=generic'] };
    const record = JSON.stringify({ installed: false, complete: true, daemon });
    expect(left({ record, daemonJson: JSON.stringify(daemon) }, {})).toEqual([]);
  });

  it('take one that a user runs without root as it is, and make no other beside it', () => {
    const socket = '/run/user/1000/docker.sock';
    const rootless = { socket, version: '28.5.2', lingers: true };
    const facts = { ...emptyDebian, rootless, user: 'ada', root: 'denied' } as const;
    expect(planHost(planInput(facts, {}, { configure: false }))).toMatchObject({
      value: {
        steps: [],
        notes: [`the engine of ada runs without root (${socket}) and is used as it is`],
      },
    });
    expect(planHost(planInput(facts))).toMatchObject({
      error: { message: expect.stringContaining(socket), hint: expect.stringContaining('as ada') },
    });
    const both = planHost(planInput({ ...debianWithEngine, rootless }, {}, { configure: false }));
    expect(both).toMatchObject({ value: { steps: [], notes: [] } });
  });

  it('refuse to adopt one that does not run', () => {
    const engine = { ...debianWithEngine.engine, running: false } as HostFacts['engine'];
    const plan = planHost(planInput({ ...debianWithEngine, engine }, {}, { configure: false }));
    expect(plan).toMatchObject({
      ok: false,
      error: { hint: expect.stringContaining('--configure') },
    });
  });

  it('merge what was asked for, keep a backup, and say what a restart costs', async () => {
    const facts = {
      ...debianWithEngine,
      daemonJson: '{\n    "data-root": "/data",\n    "labels": ["tier=db", "own=1"]\n}',
    };
    const engine = { labels: ['tier=web'], options: ['log-level=warn'], storageDriver: 'btrfs' };
    const plan = planHost(planInput(facts, engine));
    if (!plan.ok) throw new Error(plan.error.message);
    const file = join(import.meta.dirname, 'golden/existing-configured.txt');
    await expect(planText(plan.value)).toMatchFileSnapshot(file);
  });

  it('reload instead of restarting where the engine can take it over', () => {
    const plan = planHost(planInput(debianWithEngine, { labels: ['a=b'] }));
    if (!plan.ok) throw new Error(plan.error.message);
    const titles = plan.value.steps
      .filter(({ kind }) => kind === 'engine')
      .map(({ title }) => title);
    expect(titles).toEqual(['have the engine read its configuration again']);
  });

  it('restart where something is taken out again, which a running engine would keep', () => {
    const daemon = { 'registry-mirrors': ['https://m'], labels: ['provider=generic'] };
    const record = JSON.stringify({ installed: false, complete: true, daemon });
    const facts = { ...debianWithEngine, record, daemonJson: JSON.stringify(daemon) };
    const plan = planHost(planInput(facts));
    if (!plan.ok) throw new Error(plan.error.message);
    expect(plan.value.steps.map(({ title }) => title)).toContain('restart the engine');
  });

  it('refuse a broken daemon.json with its place', () => {
    const plan = planHost(planInput({ ...debianWithEngine, daemonJson: '{\n  "debug": tru\n}' }));
    expect(plan).toMatchObject({
      ok: false,
      error: { message: '/etc/docker/daemon.json is no JSON: line 2, column 12: expected a value' },
    });
  });

  it('restart an engine that was cut off from the restart it needed', () => {
    const record = JSON.stringify({
      installed: true,
      complete: true,
      pending: true,
      daemon: { 'live-restore': true, labels: ['provider=generic'] },
    });
    const daemonJson = '{"live-restore": true, "labels": ["provider=generic"]}';
    const plan = planHost(planInput({ ...debianWithEngine, record, daemonJson }));
    if (!plan.ok) throw new Error(plan.error.message);
    expect(plan.value.steps.map(({ title }) => title)).toEqual([
      'restart the engine',
      'note what was done',
    ]);
  });

  it('move variables out of the unit, where all users of the host see them, without a restart', () => {
    const env = ['HTTP_PROXY=http://ada:secret@proxy:3128', 'X=50%'];
    const facts = {
      ...debianWithEngine,
      dropIns: { [ENV_DROP_IN]: earlierEnvDropIn(env) },
      daemonJson: '{"labels": ["provider=generic"]}',
    };
    const steps = (engine: readonly string[]): readonly Step[] => {
      const plan = planHost(planInput(facts, { env: engine }));
      if (!plan.ok) throw new Error(plan.error.message);
      return plan.value.steps;
    };
    const moving = steps(env);
    expect(moving.map(({ title }) => title)).toEqual([
      'note what is begun',
      'keep the environment of the engine from other users',
      'have the engine use it',
      'have systemd read its files again',
      'note what was done',
    ]);
    expect(moving[1]).toMatchObject({ secret: true, input: expect.stringContaining('X="50%"') });
    expect(moving[2]?.input).toBe('[Service]\nEnvironmentFile=/etc/docker/tcompose.env\n');
    expect(steps(['Y=1']).map(({ title }) => title)).toContain('restart the engine');
    expect(steps([]).map(({ title }) => title)).toContain(`remove ${ENV_DROP_IN}`);
  });

  it('tell which packages stay where others were asked for', () => {
    expect(left({}, { source: 'distribution' })).toEqual([]);
    expect(left({}, { source: 'docker' })).toEqual([
      expect.stringMatching(/^packages: docker\.io stays, packages of Docker were asked for/),
    ]);
  });

  it('go on with the packages that an interruption left, or that others on the host need', () => {
    const title = (packages: HostFacts['packages']): string | undefined => {
      const plan = planHost(planInput({ ...emptyDebian, ...reached, listsAge: 5, packages }));
      if (!plan.ok) throw new Error(plan.error.message);
      return plan.value.steps.map((step) => step.title).find((text) => text.startsWith('install'));
    };
    const known = emptyDebian.packages;
    expect(title(known)).toContain('install docker-ce,');
    const half = { version: '20.10', complete: false };
    expect(title({ ...known, 'docker.io': half })).toBe('install docker.io');
    expect(title({ ...known, containerd: { version: '1.6', complete: true } })).toBe(
      'install docker.io',
    );
    expect(title({ ...known, 'containerd.io': half })).toContain('install docker-ce,');
  });

  it('have no live-restore in a swarm', () => {
    const { engine } = debianWithEngine;
    const info = { ...engine?.info, swarm: true };
    const record = JSON.stringify({ installed: true, complete: true, daemon: {} });
    const facts = { ...debianWithEngine, record, engine: { ...engine, info } } as HostFacts;
    const plan = planHost(planInput(facts));
    if (!plan.ok) throw new Error(plan.error.message);
    expect(planText(plan.value)).not.toContain('live-restore');
  });
});
