import { describe, expect, it } from 'vitest';
import {
  exposedUnit,
  moveOptions,
} from '../../../../src/machines/provision/docker-machine-unit.ts';
import {
  engineCommand,
  parseCommand,
  splitWords,
} from '../../../../src/machines/provision/engine-command.ts';
import { debianWithEngine } from './fixtures.ts';
import { MACHINE_DROP_IN, machineDropIn } from './exposed-fixtures.ts';

describe('words of a command in a unit', () => {
  it.each([
    ['a  b\tc', ['a', 'b', 'c']],
    ['"a b" \'c "d"\' e\\ f', ['a b', 'c "d"', 'e\\ f']],
    ['--label="tier=web shop"', ['--label=tier=web shop']],
    ['"\\"x\\" \\x41\\s\\t\\\\ \\q"', ['"x" A \t\\ \\q']],
    ['50%% $$HOME ""', ['50%', '$HOME', '']],
  ])('%s', (text, values) => {
    expect(splitWords(text).map(({ value }) => value)).toEqual(values);
    expect(splitWords(text).every(({ literal }) => literal)).toBe(true);
  });

  it('that systemd puts something else in place of are not what they say', () => {
    expect(splitWords('a=$HOME ${X} %i %%i').map(({ literal }) => literal)).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });
});

describe("flags of dockerd's command", () => {
  const flags = (text: string): unknown[] =>
    parseCommand(`/usr/bin/dockerd ${text}`).flags.map(({ name, value }) =>
      value === undefined ? name : [name, value],
    );

  it.each<[string, unknown[]]>([
    [
      '--label a=b --label=c=d',
      [
        ['label', 'a=b'],
        ['label', 'c=d'],
      ],
    ],
    [
      '-H fd:// -H=tcp://1 -Htcp://2 --host unix:///x',
      ['fd://', 'tcp://1', 'tcp://2', 'unix:///x'].map((host) => ['host', host]),
    ],
    ['--debug --tlsverify --mtu 1400', ['debug', 'tlsverify', ['mtu', '1400']]],
    ['--userland-proxy=false -D', [['userland-proxy', 'false'], 'debug']],
    [
      '-Dl warn -s=overlay2 -g /data',
      ['debug', ['log-level', 'warn'], ['storage-driver', 'overlay2'], ['graph', '/data']],
    ],
    ['--log-opt "max-size=10 m" --dns', [['log-opt', 'max-size=10 m'], 'dns']],
  ])('%s', (text, expected) => {
    expect(flags(text)).toEqual(expected);
  });

  it('stand beside words that are none', () => {
    expect(parseCommand('/usr/sbin/dockerd -H fd:// $DOCKER_OPTS')).toMatchObject({
      program: '/usr/sbin/dockerd',
      flags: [{ raw: '-H fd://' }],
      others: ['$DOCKER_OPTS'],
    });
  });
});

describe('the command of a unit', () => {
  const unit = '[Service]\nExecStart=/usr/sbin/dockerd -H fd://\n';
  const over = (text: string): string => `[Service]\nExecStart=\nExecStart=/usr/bin/${text}\n`;

  it('is what the last drop-in by name says, wherever that lies', () => {
    const dropIns = {
      '/etc/systemd/system/docker.service.d/30-b.conf': over('b \\\n --debug'),
      '/run/systemd/system/docker.service.d/10-a.conf': over('a'),
      '/run/systemd/system/docker.service.d/30-b.conf': over('hidden'),
      '/etc/systemd/system/docker.service.d/40-c.conf': '[Service]\nEnvironment=ExecStart=x\n',
    };
    expect(engineCommand({ unit, dropIns })).toMatchObject({
      path: '/etc/systemd/system/docker.service.d/30-b.conf',
      program: '/usr/bin/b',
      flags: [{ name: 'debug' }],
    });
  });

  it('is none where there are several, or none', () => {
    expect(engineCommand({ unit, dropIns: { '/etc/x.conf': '[Service]\nExecStart=/b\n' } })).toBe(
      undefined,
    );
    expect(engineCommand({ unit: undefined, dropIns: {} })).toBe(undefined);
  });
});

describe("docker-machine's drop-in", () => {
  const host = (text: string) => ({ ...debianWithEngine, dropIns: { [MACHINE_DROP_IN]: text } });
  const moved = (text: string, close: boolean) => {
    const facts = host(text);
    const exposed = exposedUnit(facts);
    if (exposed === undefined) throw new Error('is not exposed');
    return moveOptions(facts, exposed, close);
  };

  it('tells the port and where its certificates lie', () => {
    expect(exposedUnit(host(machineDropIn()))).toMatchObject({
      path: MACHINE_DROP_IN,
      port: 2376,
      certificates: {
        ca: '/etc/docker/ca.pem',
        certificate: '/etc/docker/server.pem',
        key: '/etc/docker/server-key.pem',
      },
    });
  });

  it.each([
    ['opens nothing', machineDropIn('').replace('-H tcp://0.0.0.0:2376', '')],
    ['opens itself to its own host only', machineDropIn('').replace('0.0.0.0', '127.0.0.1')],
  ])('is of no interest where it %s', (_, text) => {
    expect(exposedUnit(host(text))).toBe(undefined);
  });

  it('is of no interest where another drop-in has the last word', () => {
    const later = '/etc/systemd/system/docker.service.d/50-own.conf';
    const dropIns = {
      [MACHINE_DROP_IN]: machineDropIn(),
      [later]: '[Service]\nExecStart=\nExecStart=/usr/bin/dockerd -H tcp://0.0.0.0:2376\n',
    };
    expect(exposedUnit({ ...debianWithEngine, dropIns })).toBe(undefined);
  });

  it.each([
    ['without --tlsverify', machineDropIn('').replace('--tlsverify ', '')],
    ['with --tlsverify=false', machineDropIn('').replace('--tlsverify ', '--tlsverify=false ')],
    ['without a key', machineDropIn('').replace(/--tlskey \S+/, '')],
  ])('names no certificates %s', (_, text) => {
    expect(exposedUnit(host(text))?.certificates).toBe(undefined);
  });

  it('goes when its port is closed, and daemon.json gets its options', () => {
    const options =
      '--storage-driver overlay2 --label tier=web --label=provider=generic --insecure-registry reg.local:5000 --registry-mirror http://mirror.local:5000 --log-level=warn --log-opt max-size=10m --dns 10.0.0.2 --selinux-enabled=false --ipv6 --default-ulimit=nofile=64:128 --default-address-pool base=10.9.0.0/16,size=24 --add-runtime crun=/usr/bin/crun';
    expect(moved(machineDropIn(options), true)).toMatchObject({
      ok: true,
      value: {
        config: {
          'storage-driver': 'overlay2',
          labels: ['tier=web', 'provider=generic'],
          'insecure-registries': ['reg.local:5000'],
          'registry-mirrors': ['http://mirror.local:5000'],
          'log-level': 'warn',
          'log-opts': { 'max-size': '10m' },
          dns: ['10.0.0.2'],
          'selinux-enabled': false,
          ipv6: true,
          'default-ulimits': { nofile: { Name: 'nofile', Soft: 64, Hard: 128 } },
          'default-address-pools': [{ base: '10.9.0.0/16', size: 24 }],
          runtimes: { crun: { path: '/usr/bin/crun' } },
        },
        text: undefined,
        command: { program: '/usr/sbin/dockerd' },
        gone: ['-H tcp://0.0.0.0:2376'],
      },
    });
  });

  it('keeps the environment that it gives the engine, and what else it says', () => {
    const text = `${machineDropIn('--debug', 'FOO=bar')}LimitNOFILE=1024\n`;
    expect(moved(text, true)).toMatchObject({
      value: { text: '[Service]\nEnvironment=FOO=bar \nLimitNOFILE=1024\n' },
    });
  });

  it('keeps sockets that the package has not, and their certificates where they have one', () => {
    const text = machineDropIn('-H unix:///srv/own.sock -H fd:// -H tcp://[::]:2375');
    expect(moved(text, true)).toMatchObject({
      value: {
        text: '[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd -H fd:// --containerd=/run/containerd/containerd.sock $DOCKER_OPTS -H unix:///srv/own.sock\nEnvironment=\n',
        gone: ['-H tcp://0.0.0.0:2376', '-H tcp://[::]:2375'],
      },
    });
    expect(moved(machineDropIn('-H tcp://127.0.0.1:2377'), true)).toMatchObject({
      value: {
        text: expect.stringMatching(
          /\$DOCKER_OPTS -H tcp:\/\/127\.0\.0\.1:2377 --tlsverify --tlscacert \/etc\/docker\/ca\.pem /,
        ),
      },
    });
  });

  it('keeps the port and nothing else when only its options move', () => {
    expect(moved(machineDropIn('--label a=b', 'FOO=bar'), false)).toMatchObject({
      value: {
        config: { labels: ['a=b'] },
        text: '[Service]\nExecStart=\nExecStart=/usr/bin/dockerd -H tcp://0.0.0.0:2376 -H unix:///var/run/docker.sock --tlsverify --tlscacert /etc/docker/ca.pem --tlscert /etc/docker/server.pem --tlskey /etc/docker/server-key.pem\nEnvironment=FOO=bar\n',
        gone: [],
      },
    });
  });

  it.each([
    ['--brand-new 7', 'says --brand-new 7, for which tcompose knows no place in daemon.json'],
    ['--config-file /etc/d.json', 'says --config-file /etc/d.json, for which'],
    ['--label host=%H', 'says --label host=%H, for which'],
    ['--default-ulimit nofile', 'engine option "default-ulimit=nofile"'],
    ['$DOCKER_OPTS', 'says $DOCKER_OPTS, which tcompose cannot move'],
  ])('is left alone where it says %s', (options, message) => {
    expect(moved(machineDropIn(options), true)).toMatchObject({
      ok: false,
      error: expect.stringContaining(message),
    });
  });

  it('is left alone where the package’s unit opens a port as well', () => {
    const facts = {
      ...host(machineDropIn()),
      unit: '[Service]\nExecStart=/usr/sbin/dockerd -H tcp://0.0.0.0:2375\n',
    };
    const exposed = exposedUnit(facts);
    if (exposed === undefined) throw new Error('is not exposed');
    expect(moveOptions(facts, exposed, true)).toMatchObject({
      error: 'docker.service opens a port as well: /usr/sbin/dockerd -H tcp://0.0.0.0:2375',
    });
  });
});
