/**
 * `machine` with machines that need neither network nor virtual machines: what docker-machine's own black-box suite
 * asks of it, and what it did wrong.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ran, type Ran, typed } from './command-line.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tcompose-machine-'));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

function machine(words: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  return ran(['machine', ...words], {
    programName: 'docker-machine',
    cwd: home,
    env: { HOME: home, PATH: '', SHELL: '/bin/bash', ...env },
    // Nobody is there who could answer.
    stdin: Readable.from([]) as unknown as NodeJS.ReadStream,
  });
}

async function create(name: string, ...flags: string[]): Promise<void> {
  const { code, message } = await machine([
    'create',
    '-d',
    'none',
    '--url',
    'none',
    ...flags,
    name,
  ]);
  expect(message).toBe('');
  expect(code).toBe(0);
}

const UNKNOWN =
  'Docker machine "UNKNOWN" does not exist. Use "docker-machine ls" to list machines. Use "docker-machine create" to add a new one.';

function lines(text: string): string[] {
  return text.trimEnd().split('\n');
}

describe('creating', () => {
  it.each([
    [
      ['-d', 'bogus', 'bogus'],
      'Driver "bogus" not found. Do you have the plugin binary "docker-machine-driver-bogus" accessible in your PATH?',
    ],
    [['-d', 'none'], 'Error: No machine name specified'],
    [['a'], 'Error: No driver specified'],
    ...['∞', '-', '.', '..', 'a_b'].map((name): [string[], string] => [
      ['-d', 'none', '--url', 'none', name],
      'Error creating machine: Invalid hostname specified. Allowed hostname chars are: 0-9a-zA-Z . -',
    ]),
    [
      ['-d', 'none', '--url', 'none', 'a', 'extra'],
      'Invalid command line. Found extra arguments [extra]',
    ],
    [
      ['-d', 'none', 'a'],
      'Error setting machine configuration from flags provided: --url option is required when no driver is selected',
    ],
    [
      ['-d', 'none', '--url', 'x', '--swarm', '--swarm-discovery', 'x', 'a'],
      'Error parsing swarm discovery: Swarm Discovery URL was in the wrong format: x',
    ],
    [['-d', 'none', '--engine-source', 'x', 'a'], 'unsupported --engine-source value "x"'],
  ])('%j fails', async (words, message) => {
    expect(await machine(['create', ...words])).toMatchObject({ code: 1, message });
  });

  it('makes machines with names that look odd', async () => {
    await create('a');
    await create('0');
    expect((await machine(['ls', '-q'])).out).toBe('0\na\n');
  });

  it('says how to go on', async () => {
    const { out } = await machine(['create', '-d', 'none', '--url', 'none', 'a']);
    expect(lines(out).at(-1)).toContain('run: docker-machine env a');
  });

  it('refuses a machine that exists, before everything else that is wrong', async () => {
    await create('a');
    const message = 'Docker machine "a" already exists';
    expect(await machine(['create', '-d', 'none', 'a'])).toMatchObject({ code: 1, message });
  });

  it('takes the driver from the environment, and long flags with one dash', async () => {
    const words = ['create', '-url', 'tcp://10.0.0.1:2375', 'a'];
    expect((await machine(words, { MACHINE_DRIVER: 'none' })).code).toBe(0);
    expect((await machine(['url', 'a'])).out).toBe('tcp://10.0.0.1:2375\n');
  });

  it('rehearses', async () => {
    const words = ['create', '--dry-run', '-d', 'none', '--url', 'none', 'a'];
    expect((await machine(words)).out).toBe('a would be created (none)\n');
    expect((await machine(['ls', '-q'])).out).toBe('');
  });

  it('asks the account when it rehearses', async () => {
    const asked: string[] = [];
    const cloud = createServer((request, response) => {
      asked.push(`${request.method} ${request.url?.split('?')[0]}`);
      const regions = [{ slug: 'fra1', name: 'Frankfurt 1', available: true }];
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ account: { status: 'active' }, regions }));
    }).listen(0, '127.0.0.1');
    try {
      await once(cloud, 'listening');
      const { port } = cloud.address() as AddressInfo;
      const env = {
        DIGITALOCEAN_API_URL: `http://127.0.0.1:${port}`,
        DIGITALOCEAN_TOKEN: 'x',
        DIGITALOCEAN_REGION: 'fra2',
      };
      expect(await machine(['create', '--dry-run', '-d', 'digitalocean', 'a'], env)).toMatchObject({
        code: 3,
        message:
          'Error with pre-create check: "--digitalocean-region: there is no region \\"fra2\\""',
      });
      expect(asked).toEqual(['GET /v2/account', 'GET /v2/regions']);
      expect((await machine(['ls', '-q'])).out).toBe('');
    } finally {
      cloud.close();
    }
  });
});

describe('applying', () => {
  beforeEach(() => {
    const file = 'machines:\n  a: { driver: none, options: { url: "tcp://10.0.0.1:2375" } }\n';
    writeFileSync(join(home, 'machines.yaml'), file);
  });

  it('leaves standard output to the plan when that is for programs', async () => {
    const words = ['apply', '--yes', '--format', 'json', 'machines.yaml'];
    const { code, out, err } = await machine(words);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject([{ change: 'create', machine: 'a' }]);
    expect(err).toContain('a created');
    expect((await machine(['apply', '--yes', 'machines.yaml'])).out).toContain('keep');
  });

  it('asks on standard error then, too', async () => {
    const words = ['apply', '--format', 'json', 'machines.yaml'];
    const { code, out, err, message } = await machine(words);
    expect({ code, message }).toEqual({ code: 1, message: 'Nothing was done: nobody answered' });
    expect(JSON.parse(out)).toMatchObject([{ change: 'create' }]);
    expect(err).toContain('Do this? (y/n): ');
  });
});

describe('listing', () => {
  it('has the table of docker-machine, also without machines', async () => {
    expect((await machine(['ls'])).out).toBe(
      'NAME   ACTIVE   DRIVER   STATE   URL   SWARM   DOCKER   ERRORS\n',
    );
    await create('web2', '--url', 'url2');
    await create('Web10', '--url', 'url10');
    const [, second = '', third = ''] = lines((await machine(['ls'])).out);
    const rest = / +- +none +Running +url\d+ +Unknown +Unable to query docker version: ./.source;
    expect(second).toMatch(new RegExp(`^web2${rest}`));
    expect(third).toMatch(new RegExp(`^Web10${rest}`));
  });

  it('filters', async () => {
    await create('m1', '--engine-label', 'app=1');
    await create('m2', '--engine-label', 'app=1', '--engine-label', 'foo=bar');
    await create('m3');
    const names = async (...filters: string[]): Promise<string[]> => {
      const words = filters.flatMap((filter) => ['--filter', filter]);
      return (await machine(['ls', '-q', ...words])).out.split('\n').filter((name) => name !== '');
    };
    expect(await names('label=foo=bar')).toEqual(['m2']);
    expect(await names('label=foo=bar', 'label=app=1')).toEqual(['m1', 'm2']);
    expect(await names('name=^m[13]')).toEqual(['m1', 'm3']);
    expect(await names('driver=NONE', 'state=running')).toEqual(['m1', 'm2', 'm3']);
    for (const state of ['Paused', 'Saved', 'Stopped', 'Stopping', 'Starting', 'Error']) {
      expect(await names(`state=${state}`)).toEqual([]);
    }
  });

  it('still knows what was said about Swarm v1, which is gone', async () => {
    const swarm = ['--swarm', '--swarm-discovery', 'token://1'];
    await create('master', ...swarm, '--swarm-master');
    const words = ['create', '-d', 'none', '--url', 'none', ...swarm, 'node'];
    expect((await machine(words)).err).toContain('Swarm v1 is gone');
    await create('other');
    const listed = await machine(['ls', '--filter', 'swarm=master', '-f', '{{.Name}}={{.Swarm}}']);
    expect(listed.out).toBe('master=master (master)\nnode=master\n');
  });

  it('formats', async () => {
    await create('a');
    const ls = async (format: string): Promise<string> =>
      (await machine(['ls', '--format', format])).out;
    expect(await ls('{{.DriverName}}')).toBe('none\n');
    expect(await ls('table {{.Name}}: {{.DriverName}}')).toBe('NAME: DRIVER\na: none\n');
    expect(await ls(String.raw`{{.Name}}\t{{.State}}`)).toBe('a\tRunning\n');
    expect(JSON.parse(await ls('json'))).toMatchObject({ Name: 'a', State: 'Running' });
    expect(await machine(['ls', '-f', '{{.Nme}}'])).toMatchObject({ code: 1, out: '' });
  });

  it('marks the active machine', async () => {
    await create('a', '--url', 'tcp://127.0.0.1:1');
    const env = { DOCKER_HOST: 'tcp://127.0.0.1:1' };
    expect((await machine(['ls', '-f', '{{.Active}}'], env)).out).toBe('*\n');
    expect((await machine(['active'], env)).out).toBe('a\n');
    expect(await machine(['active'])).toMatchObject({ code: 1, message: 'No active host found' });
    expect(await machine(['active', 'a'])).toMatchObject({
      code: 1,
      message: 'Error: Too many arguments given',
    });
  });

  it('lists a machine whose record is broken, and goes on', async () => {
    await create('a');
    mkdirSync(join(home, '.tcompose/machines/b'), { recursive: true });
    writeFileSync(join(home, '.tcompose/machines/b/machine.json'), '{');
    expect((await machine(['ls', '-f', '{{.Name}} {{.DriverName}} {{.State}}'])).out).toBe(
      'a none Running\nb not found Error\n',
    );
    expect((await machine(['ls', '-q'])).out).toBe('a\n');
  });
});

describe('reading one machine', () => {
  it.each(['inspect', 'status', 'url', 'env', 'config', 'ip', 'stop', 'start'])(
    '%s without a name means "default", if there is one',
    async (command) => {
      expect(await machine([command])).toMatchObject({
        code: 1,
        message: 'Error: No machine name(s) specified and no "default" machine exists',
      });
    },
  );

  it.each(['inspect', 'status', 'url', 'config'])('%s wants one', async (command) => {
    await create('a');
    expect(await machine([command, 'a', 'b'])).toMatchObject({
      code: 1,
      message: 'Error: Expected one machine name as an argument',
    });
  });

  it('says that there is none of that name', async () => {
    const { code, message } = await machine(['inspect', 'UNKNOWN']);
    expect(code).toBe(1);
    expect(message).toBe(UNKNOWN);
  });

  it('inspects in the form of docker-machine', async () => {
    await create('default', '--url', 'tcp://10.0.0.1:2375', '--engine-label', 'a=b');
    const inspect = async (format: string): Promise<string> =>
      (await machine(['inspect', '-f', format])).out;
    expect(await inspect('{{.DriverName}}')).toBe('none\n');
    expect(await inspect('{{json .DriverName}}')).toBe('"none"\n');
    expect(await inspect('{{.Driver.IPAddress}} {{.Driver.URL}}')).toBe(
      '10.0.0.1 tcp://10.0.0.1:2375\n',
    );
    expect(await inspect('{{.HostOptions.EngineOptions.Labels}}')).toBe('[a=b]\n');
    expect(await inspect('{{.Missing}}')).toBe('<no value>\n');
    expect(lines(await inspect('{{prettyjson .Driver}}')).length).toBeGreaterThan(1);
    const whole = JSON.parse((await machine(['inspect'])).out) as { readonly Name: string };
    expect(whole.Name).toBe('default');
  });

  it('prints what leads to its engine', async () => {
    await create('a', '--url', 'tcp://10.0.0.1:2375');
    expect((await machine(['status', 'a'])).out).toBe('Running\n');
    expect((await machine(['ip', 'a'])).out).toBe('10.0.0.1\n');
    expect((await machine(['config', 'a'])).out).toBe('-H=tcp://10.0.0.1:2375\n');
  });

  it('prints variables, and forgets them', async () => {
    await create('a', '--url', 'tcp://10.0.0.1:2375');
    expect(lines((await machine(['env', '--no-proxy', 'a'], { NO_PROXY: 'x' })).out)).toEqual([
      'unset DOCKER_TLS_VERIFY;',
      'unset DOCKER_CERT_PATH;',
      'export DOCKER_HOST="tcp://10.0.0.1:2375"',
      'export DOCKER_MACHINE_NAME="a"',
      'export NO_PROXY="x,10.0.0.1"',
      '# Run this command to configure your shell: ',
      '# eval $(docker-machine env --no-proxy a)',
    ]);
    expect(lines((await machine(['env', '-u', '--no-proxy', '--shell', 'fish'])).out)).toEqual([
      'set -e DOCKER_TLS_VERIFY;',
      'set -e DOCKER_HOST;',
      'set -e DOCKER_CERT_PATH;',
      'set -e DOCKER_MACHINE_NAME;',
      'set -e NO_PROXY;',
      '# Run this command to configure your shell: ',
      '# eval (docker-machine env -u --no-proxy --shell fish)',
    ]);
    // It would count before DOCKER_HOST.
    for (const words of [
      ['env', '-u'],
      ['use', 'a'],
    ]) {
      const { out } = await machine(words, { TCOMPOSE_MACHINE: 'other' });
      expect(lines(out)).toContainEqual(expect.stringMatching(/^unset TCOMPOSE_MACHINE;?$/));
    }
    expect(await machine(['env', '-u', 'a'])).toMatchObject({
      code: 1,
      message: 'Error: Expected no machine name when the -u flag is present',
    });
    expect(await machine(['env', 'a'], { SHELL: '' })).toMatchObject({
      code: 1,
      message: 'Error: Unknown shell',
    });
  });

  it('adds an address to no_proxy once, and not because another one contains it', async () => {
    await create('a', '--url', 'tcp://10.0.0.1:2375');
    const proxy = async (no_proxy: string): Promise<string | undefined> =>
      lines((await machine(['env', '--no-proxy', 'a'], { no_proxy })).out)[4];
    expect(await proxy('10.0.0.1,b')).toBe('export no_proxy="10.0.0.1,b"');
    expect(await proxy('10.0.0.10')).toBe('export no_proxy="10.0.0.10,10.0.0.1"');
  });
});

describe('changing', () => {
  it('says what to do where a server does not answer', async () => {
    const folder = join(home, '.tcompose', 'machines', 'off');
    mkdirSync(folder, { recursive: true });
    await create('a');
    const text = readFileSync(join(folder, '..', 'a', 'machine.json'), 'utf8');
    const record = JSON.parse(text) as Record<string, unknown>;
    // Nothing listens there.
    const ssh = { ...(record['ssh'] as object), port: 1, user: 'root' };
    const off = { ...record, name: 'off', provider: 'generic', address: '127.0.0.1', ssh };
    writeFileSync(join(folder, 'machine.json'), JSON.stringify(off));
    expect(await machine(['url', 'off'])).toMatchObject({
      code: 1,
      message: 'Host is not running',
      hint: 'off does not answer over SSH (Stopped): "machine doctor off" finds out why',
    });
  });

  it('of a mere URL always runs', async () => {
    await create('a');
    expect(await machine(['start', 'a'])).toMatchObject({
      code: 1,
      out: 'Starting "a"...\n',
      message: 'Machine "a" is already running.',
    });
  });

  it.each(['stop', 'restart', 'kill'])('%s is refused for a mere URL', async (action) => {
    await create('a');
    const { code, message } = await machine([action, 'a']);
    expect(code).toBe(1);
    expect(message).toMatch(/^hosts without a driver cannot be /);
  });

  it('rm says what was removed, and what is not there', async () => {
    await create('a');
    const { code, out } = await machine(['rm', '-y', 'a']);
    expect(code).toBe(0);
    expect(lines(out)).toEqual([
      'About to remove a',
      'WARNING: This action will delete both local reference and remote instance.',
      'Successfully removed a',
    ]);
    expect(await machine(['rm', '∞', '-y'])).toMatchObject({
      code: 1,
      message: `Error removing host "∞": ${UNKNOWN.replace('UNKNOWN', '∞')}`,
    });
    expect(await machine(['rm', '-f', 'UNKNOWN'])).toMatchObject({
      code: 0,
      err: `Error removing host "UNKNOWN": ${UNKNOWN}\nCan't remove "UNKNOWN"\n`,
    });
  });

  it('rm says before it asks that a server of the user stays', async () => {
    await create('a');
    const { code, err, message } = await machine(['rm', 'a', 'UNKNOWN']);
    expect(err).toBe('a: the server stays as it is; only what is known of it here is removed\n');
    expect(message).toBe('Nothing was removed: nobody answered');
    expect(code).toBe(1);
  });

  it('rm needs names', async () => {
    expect(await machine(['rm', '-y'])).toMatchObject({
      code: 1,
      message: 'Error: Expected to get one or more machine names as arguments',
    });
  });

  it.each([
    ['ssh', ['ssh', 'a', 'true']],
    ['scp', ['scp', 'x', 'a:x']],
    ['mount', ['mount', 'a:/', '/mnt']],
  ])('%s is refused for a mere URL', async (_name, words) => {
    await create('a');
    const { code, message } = await machine(words);
    expect(code).toBe(1);
    expect(message).toContain('only the URL of "a" is known');
  });
});

describe('the command line', () => {
  it.each([
    [
      ['bogus'],
      "docker-machine: 'bogus' is not a docker-machine command. See 'docker-machine --help'.",
    ],
    // docker-machine exited with 0.
    [['ls', '--bogus'], 'unknown flag: --bogus'],
    // docker-machine panicked.
    [['ls', '--filter', 'label=tier'], 'Unsupported filter syntax: label=tier has no value'],
    [['ls', '--filter', 'foo'], 'Unsupported filter syntax'],
    [['ls', '--filter', 'foo=bar'], "Unsupported filter key 'foo'"],
  ])('%j fails with 1', async (words, message) => {
    expect(await machine(words)).toMatchObject({ code: 1, message });
  });

  it('says which command may have been meant', async () => {
    expect(await machine(['creat'])).toMatchObject({ code: 1, hint: 'did you mean create?' });
    expect((await machine(['bogus'])).hint).toBeUndefined();
  });

  it('tells about itself under either name', async () => {
    expect((await machine(['-v'])).out).toBe(
      'docker-machine version 0.16.2+tcompose.1.2.3, build tcompose\n',
    );
    expect((await machine(['version'])).out).toContain('docker-machine version 0.16.2');
    const help = lines((await machine([])).out);
    expect(help[0]).toBe('Usage:  docker-machine [OPTIONS] COMMAND');
    expect(help[2]).toBe('Create and manage machines running Docker.');
    for (const words of [
      ['create', '-h'],
      ['help', 'create'],
    ]) {
      expect((await machine(words)).out).toMatch(/^Usage: {2}docker-machine create \[OPTIONS\] /);
    }
    const { text, code } = typed(['machine', 'ls', '--help']);
    expect(await code).toBe(0);
    expect(text.out).toMatch(/^Usage: {2}tcompose machine ls \[OPTIONS\]\n/);
  });

  it('shows the flags of a driver in the help of create', async () => {
    const { out } = await machine(['create', '-d', 'generic', '--help']);
    expect(out).toContain('--generic-ip-address string');
    expect(out).toContain('[$GENERIC_IP_ADDRESS]');
    expect((await machine(['create', '--help'])).out).not.toContain('--generic-ip-address string');
    const secondForm = await machine(['help', 'create', '-d', 'amazonec2']);
    expect(secondForm.out).toContain('--amazonec2-region string');
  });

  it('keeps its store where it is told to', async () => {
    const words = ['create', '-d', 'none', '--url', 'none', 'a'];
    await machine(['-s', join(home, 'flag'), ...words]);
    await machine(words, { MACHINE_STORAGE_PATH: join(home, 'old') });
    await machine(words, { TCOMPOSE_HOME: join(home, 'new') });
    for (const folder of ['flag', 'old', 'new']) {
      expect(readFileSync(join(home, folder, 'machines/a/machine.json'), 'utf8')).toContain('none');
    }
  });

  it('tells progress as JSON when asked to', async () => {
    const words = ['--progress', 'json', 'create', '-d', 'none', '--url', 'none', 'a'];
    const { err, out } = await machine(words);
    expect(out).toBe('');
    const events = lines(err).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.some(({ id, status }) => id === 'a' && status === 'Working')).toBe(true);
  });
});

describe('completion', () => {
  async function offers(...words: string[]): Promise<string[]> {
    const { text, code } = typed(['__completeNoDesc', ...words], {
      cwd: home,
      env: { HOME: home, PATH: '' },
    });
    expect(await code).toBe(0);
    return lines(text.out);
  }

  it('knows machines, providers and their flags', async () => {
    await create('web');
    await create('db');
    expect(await offers('machine', 'ssh', '')).toEqual(['db', 'web', ':4']);
    expect(await offers('machine', 'stop', 'db', '')).toEqual(['web', ':4']);
    expect(await offers('machine', 'scp', 'w')).toEqual(['web:', ':2']);
    expect(await offers('machine', 'create', '-d', 'gen')).toEqual(['generic', ':4']);
    expect(await offers('machine', 'create', '-d', 'generic', '--generic-ssh-')).toEqual([
      '--generic-ssh-key',
      '--generic-ssh-port',
      '--generic-ssh-user',
      ':4',
    ]);
    expect(await offers('machine', 'create', '--generic-ssh-')).toEqual([':4']);
    expect(await offers('machine', 'env', '--shell', 'f')).toEqual(['fish', ':4']);
    expect(await offers('machine', 'ls', '--filter', 'st')).toEqual(['state=', ':6']);
    expect(await offers('machine', 'sto')).toEqual(['stop', ':4']);
  });

  it('offers nothing when an account cannot be asked', async () => {
    const words = ['machine', 'create', '-d', 'digitalocean', '--digitalocean-region', ''];
    expect(await offers(...words)).toEqual([':4']);
  });
});
