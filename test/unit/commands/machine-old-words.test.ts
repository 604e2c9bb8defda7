/**
 * What scripts made for docker-machine read besides its tables: sentences, and answers that only a comparison with the
 * program itself (0.16.2, built from its source) has shown.
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Session } from '../../../src/app/session.ts';
import { ran, type Ran } from './command-line.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tcompose-old-words-'));
});

afterEach(() => rmSync(home, { recursive: true, force: true }));

interface Call {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  readonly programName?: string;
}

function machine(words: readonly string[], call: Call = {}): Promise<Ran> {
  const { env = {}, input = '', programName = 'docker-machine' } = call;
  const stdin = new PassThrough();
  stdin.end(input);
  return ran(['machine', ...words], {
    programName,
    cwd: home,
    env: { HOME: home, PATH: '', SHELL: '/bin/bash', ...env },
    stdin: Object.assign(stdin, { isTTY: false }) as unknown as Session['stdin'],
  });
}

async function create(name: string, ...flags: string[]): Promise<void> {
  const url = flags.includes('--url') ? [] : ['--url', 'tcp://127.0.0.1:3'];
  const words = ['create', '-d', 'none', ...url, ...flags, name];
  expect(await machine(words)).toMatchObject({ code: 0, message: '' });
}

const missing = (name: string, program = 'docker-machine'): string =>
  `Docker machine "${name}" does not exist. Use "${program} ls" to list machines. Use "${program} create" to add a new one.`;

describe('a machine that there is not', () => {
  it.each([
    ['config', ['config', 'x']],
    ['env', ['env', 'x']],
    ['inspect', ['inspect', 'x']],
    ['ip', ['ip', 'x']],
    ['kill', ['kill', 'x']],
    ['provision', ['provision', 'x']],
    ['regenerate-certs', ['regenerate-certs', '-f', 'x']],
    ['restart', ['restart', 'x']],
    ['ssh', ['ssh', 'x', 'true']],
    ['start', ['start', 'x']],
    ['status', ['status', 'x']],
    ['stop', ['stop', 'x']],
    ['upgrade', ['upgrade', 'x']],
    ['url', ['url', 'x']],
    ['version', ['version', 'x']],
  ])('is named by %s, with what to type', async (_name, words) => {
    expect(await machine(words)).toMatchObject({ code: 1, message: missing('x') });
  });

  it('is named with what is typed under the name tcompose', async () => {
    const { message } = await machine(['url', 'x'], { programName: 'tcompose' });
    expect(message).toBe(missing('x', 'tcompose machine'));
  });
});

describe('Swarm v1', () => {
  const master = ['--swarm', '--swarm-master', '--swarm-discovery', 'token://1'];

  it('--swarm is for masters of one', async () => {
    await create('a');
    await create('m', ...master);
    const words =
      '"a" is not a swarm master. The --swarm flag is intended for use with swarm masters';
    expect(await machine(['config', '--swarm', 'a'])).toMatchObject({
      code: 1,
      message: `Error running connection boilerplate: ${words}`,
    });
    expect(await machine(['env', '--swarm', 'a'])).toMatchObject({
      code: 1,
      message: `Error checking TLS connection: ${words}`,
    });
    expect((await machine(['config', '--swarm', 'm'])).code).toBe(0);
  });

  it('a master is active when DOCKER_HOST leads to its Swarm', async () => {
    await create('m', ...master);
    const env = { DOCKER_HOST: 'tcp://127.0.0.1:3376' };
    expect((await machine(['active'], { env })).out).toBe('m\n');
  });

  it('a master need not be an agent', async () => {
    await create('a', '--swarm-master');
    await create('b', '--swarm');
    const agent = async (name: string): Promise<string> =>
      (await machine(['inspect', '-f', '{{.HostOptions.SwarmOptions.Agent}}', name])).out;
    expect(await agent('a')).toBe('false\n');
    expect(await agent('b')).toBe('true\n');
  });
});

describe('templates of ls', () => {
  it('have the options as docker-machine printed and named them', async () => {
    await create('a', '--engine-label', 'x=y');
    const ls = async (format: string): Promise<string> => (await machine(['ls', '-f', format])).out;
    expect(await ls('{{.SwarmOptions}}')).toBe(
      '{false   false false tcp://0.0.0.0:3376 swarm:latest spread 0 0 [] [] [] false}\n',
    );
    expect(await ls('{{.EngineOptions.Labels}} {{.EngineOptions.DNS}}')).toBe('[x=y] []\n');
    expect(await ls('{{.EngineOptions.TLSVerify}}')).toBe('false\n');
  });
});

describe('filters by name', () => {
  it('take flags of Go before the pattern', async () => {
    await create('web');
    expect((await machine(['ls', '-q', '--filter', 'name=(?i)WEB'])).out).toBe('web\n');
  });

  it('that are none are refused in words of Go', async () => {
    expect(await machine(['ls', '--filter', 'name=['])).toMatchObject({
      code: 1,
      message: 'error parsing regexp: unterminated character class: `[`',
    });
  });
});

describe('answers', () => {
  it.each([
    ['y', []],
    ['Yes\n', []],
    ['n', ['a']],
    ['maybe\n', ['a']],
  ])('%j to rm, also without an end of the line', async (input, left) => {
    await create('a');
    expect(await machine(['rm', 'a'], { input })).toMatchObject({ code: 0 });
    expect((await machine(['ls', '-q'])).out.split('\n').filter((name) => name !== '')).toEqual(
      left,
    );
  });

  it('that there is none is no success', async () => {
    await create('a');
    expect(await machine(['rm', 'a'])).toMatchObject({ code: 1 });
    expect((await machine(['ls', '-q'])).out).toBe('a\n');
  });
});

describe('a store that docker-machine has made', () => {
  function oldMachine(name: string, driver: string): string {
    const folder = join(home, '.tcompose/machines', name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const config = {
      ConfigVersion: 3,
      Driver: { IPAddress: '127.0.0.1', MachineName: name, URL: 'tcp://127.0.0.1:4' },
      DriverName: driver,
      HostOptions: {},
      Name: name,
    };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config), { mode: 0o600 });
    writeFileSync(join(folder, 'id_rsa'), 'PRIVATE KEY', { mode: 0o600 });
    return folder;
  }

  it('is used as it is, once machines were taken over', async () => {
    const folder = oldMachine('old', 'none');
    const before = readFileSync(join(folder, 'config.json'), 'utf8');
    expect(await machine(['ls', '-q'])).toMatchObject({
      code: 0,
      out: 'old\n',
      err: 'warning: old was made by docker-machine and is taken over\n',
    });
    expect(await machine(['url', 'old'])).toMatchObject({ out: 'tcp://127.0.0.1:4\n', err: '' });
    expect(readFileSync(join(folder, 'config.json'), 'utf8')).toBe(before);
    expect((await machine(['import', join(home, '.tcompose')])).out).toBe(
      'There is nothing to import.\n',
    );
    expect((await machine(['rm', '-y', 'old'])).code).toBe(0);
    expect(existsSync(folder)).toBe(false);
  });

  it('keeps machines whose driver is not known, also from a create of that name', async () => {
    const folder = oldMachine('vm', 'virtualbox');
    const listed = await machine(['ls', '-f', '{{.Name}} {{.DriverName}} {{.State}}']);
    expect(listed.out).toBe('vm not found Error\n');
    expect(listed.err).toContain('vm was made by docker-machine and cannot be used: ');
    const words = ['create', '-d', 'none', '--url', 'x', 'vm'];
    expect(await machine(words)).toMatchObject({
      code: 1,
      message: 'Docker machine "vm" already exists',
    });
    expect((await machine(['rm', '-y', 'vm'])).code).toBe(1);
    expect(readFileSync(join(folder, 'id_rsa'), 'utf8')).toBe('PRIVATE KEY');
    const forced = await machine(['rm', '-f', 'vm']);
    expect(forced).toMatchObject({ code: 1 });
    const [, aside = ''] = /its files are in (\S+)/.exec(forced.err) ?? [];
    expect(readFileSync(join(aside, 'id_rsa'), 'utf8')).toBe('PRIVATE KEY');
  });
});

describe('small things', () => {
  it('an engine that cannot be asked for its version', async () => {
    await create('a');
    const { code, message } = await machine(['version', 'a']);
    expect(code).toBe(1);
    expect(message).toMatch(/^Unable to query docker version: /);
  });

  it('regenerate-certs says that it begins', async () => {
    await create('a');
    expect((await machine(['regenerate-certs', '-f', 'a'])).out).toBe(
      'Regenerating TLS certificates\n',
    );
  });

  it('an empty name is none', async () => {
    const { code, out, message } = await machine(['create', '-d', 'none', '--url', 'x', '']);
    expect(code).toBe(1);
    expect(out).toMatch(/^Usage:/);
    expect(message).toBe('Error: No machine name specified');
  });

  it('MACHINE_DEBUG is a boolean of Go', async () => {
    expect((await machine(['ls', '-q'], { env: { MACHINE_DEBUG: '1' } })).code).toBe(0);
    expect((await machine(['ls', '-q'], { env: { MACHINE_DEBUG: 'F' } })).code).toBe(0);
    expect(await machine(['ls', '-q'], { env: { MACHINE_DEBUG: 'bogus' } })).toMatchObject({
      code: 1,
      message:
        'Error parsing boolean value from MACHINE_DEBUG: strconv.ParseBool: parsing "bogus": invalid syntax',
    });
  });

  it('h is help', async () => {
    expect((await machine(['h'])).out).toBe((await machine(['help'])).out);
  });

  it('a key that is missing is found before anything is created', async () => {
    const words = ['create', '-d', 'generic', '--generic-ip-address', '192.0.2.1'];
    expect(await machine([...words, '--generic-ssh-key', '/nonexistent', 'a'])).toMatchObject({
      code: 3,
      message: String.raw`Error with pre-create check: "SSH key does not exist: \"/nonexistent\""`,
    });
    expect((await machine(['ls', '-q'])).out).toBe('');
  });

  it('credentials that are missing are flags that are missing', async () => {
    const { code, message } = await machine(['create', '-d', 'digitalocean', 'a']);
    expect(code).toBe(1);
    expect(message).toBe(
      'Error setting machine configuration from flags provided: digitalocean driver requires the --digitalocean-access-token option',
    );
  });
});
