/**
 * The program under the name docker-machine, as its users have it: a link. First with machines that are only a URL,
 * then with a host: created, listed, reached, set up again with TLS, shared and removed.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Finished, run } from '../../support/command.ts';
import { checkout } from '../../support/debian.ts';
import { startHosts, type TestHost, type TestHosts } from '../../support/hosts.ts';
import { newKey } from '../../support/ssh-key.ts';

const folder = mkdtempSync(join(tmpdir(), 'tcompose-docker-machine-'));
const program = join(folder, 'docker-machine');
const key = newKey('tests');
const colleague = newKey('colleague');

beforeAll(() => {
  symlinkSync(join(checkout, 'bin/tcompose'), program);
  writeFileSync(join(folder, 'key'), key.private, { mode: 0o600 });
  writeFileSync(join(folder, 'colleague'), colleague.private, { mode: 0o600 });
  writeFileSync(join(folder, 'colleague.pub'), `${colleague.public}\n`);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Call {
  readonly store?: string;
  readonly input?: string;
  readonly timeout?: number;
}

function machine(
  words: readonly string[],
  { store = 'store', input = '', timeout = 120_000 }: Call = {},
): Promise<Finished> {
  return run(program, words, {
    cwd: folder,
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      SHELL: '/bin/bash',
      MACHINE_STORAGE_PATH: join(folder, store),
    },
    input,
    timeout,
  });
}

async function succeed(words: readonly string[], call?: Call): Promise<string> {
  const finished = await machine(words, call);
  expect(finished.code, finished.stderr).toBe(0);
  return finished.stdout;
}

describe('a machine that is only a URL', () => {
  it('is removed after a question', async () => {
    await succeed(['create', '-d', 'none', '--url', 'none', 'a']);
    const said =
      'About to remove a\nWARNING: This action will delete both local reference and remote instance.\n';
    const asked = `${said}Are you sure? (y/n): `;

    const silent = await machine(['rm', 'a'], { input: '' });
    expect(silent.code, 'end of input is no success').toBe(1);
    expect(silent.stdout).toBe(`${asked}\n`);
    expect(silent.stderr).toContain('Nothing was removed');

    expect(await machine(['rm', 'a'], { input: 'n\n' })).toMatchObject({ code: 0, stdout: asked });
    expect(await succeed(['ls', '-q'])).toBe('a\n');

    expect(await machine(['rm', 'a'], { input: 'y\n' })).toMatchObject({
      code: 0,
      stdout: `${asked}Successfully removed a\n`,
    });
    expect(await succeed(['ls', '-q'])).toBe('');
  });

  it('fails with 1 for a flag that there is not', async () => {
    const { code, stderr } = await machine(['ls', '--bogus']);
    expect(code).toBe(1);
    expect(stderr).toContain('unknown flag: --bogus');
  });

  it('is completed under this name', async () => {
    await succeed(['create', '-d', 'none', '--url', 'none', 'a']);
    expect(await succeed(['__completeNoDesc', 'inspect', ''])).toBe('a\n:4\n');
    expect(await succeed(['completion', 'bash'])).toContain(
      'complete -F _docker_machine_words docker-machine',
    );
    await succeed(['rm', '-y', 'a']);
  });
});

describe('a host', () => {
  let hosts: TestHosts;
  let host: TestHost;

  beforeAll(async () => {
    hosts = await startHosts();
    host = await hosts.start({ image: 'bookworm-docker', authorizedKeys: [key.public] });
  });

  afterAll(() => hosts.close());

  it('is created, listed and reached', async () => {
    // A host that has just booted still starts its engine.
    await expect
      .poll(async () => (await host.exec(['docker', 'version'])).code, { timeout: 120_000 })
      .toBe(0);
    const generic = ['-d', 'generic', '--generic-ip-address', host.address];
    const created = await succeed([
      'create',
      ...generic,
      '--generic-ssh-key',
      join(folder, 'key'),
      'web',
    ]);
    expect(created).toContain('(web) Wait for SSH...\n');
    expect(created).toContain('run: docker-machine env web\n');

    const [heading = '', row = ''] = (await succeed(['ls'])).split('\n');
    expect(heading).toMatch(/^NAME +ACTIVE +DRIVER +STATE +URL +SWARM +DOCKER +ERRORS$/);
    expect(row).toMatch(/^web +- +generic +Running +ssh:\/\/root@[\d.]+ +v20\.10\.\S+ *$/);
    expect(await succeed(['status', 'web'])).toBe('Running\n');
    expect(await succeed(['ip', 'web'])).toBe(`${host.address}\n`);
    expect(await succeed(['version', 'web'])).toMatch(/^20\.10\./);
    expect((await succeed(['env', 'web'])).split('\n').slice(0, 4)).toEqual([
      'unset DOCKER_TLS_VERIFY;',
      'unset DOCKER_CERT_PATH;',
      `export DOCKER_HOST="ssh://root@${host.address}"`,
      'export DOCKER_MACHINE_NAME="web"',
    ]);
  });

  it('gives the exit code of a command, and its streams', async () => {
    expect(await machine(['ssh', 'web', 'exit 7'])).toMatchObject({ code: 7 });
    expect(await machine(['ssh', 'web', 'echo out; echo err >&2'])).toMatchObject({
      code: 0,
      stdout: 'out\n',
      stderr: 'err\n',
    });
    expect(await succeed(['ssh', 'web', '-C', 'cat'], { input: 'hello' })).toBe('hello');
    expect(await succeed(['ssh', 'web', '--', 'echo', '-n', 'a', '  b'])).toBe('a b');
  });

  it('takes and gives files, also from machine to machine', async () => {
    const generic = ['-d', 'generic', '--generic-ip-address', host.address];
    await succeed(['create', ...generic, '--generic-ssh-key', join(folder, 'key'), 'twin']);
    writeFileSync(join(folder, 'notes'), 'remember\n');
    await succeed(['scp', 'notes', 'web:/tmp/notes']);
    await succeed(['scp', 'web:/tmp/notes', 'twin:/tmp/hopped']);
    await succeed(['scp', 'twin:/tmp/hopped', 'back']);
    expect(readFileSync(join(folder, 'back'), 'utf8')).toBe('remember\n');

    mkdirSync(join(folder, 'tree/sub'), { recursive: true });
    writeFileSync(join(folder, 'tree/sub/file'), 'x');
    await succeed(['scp', '-r', 'tree', 'web:/tmp/']);
    expect(await succeed(['ssh', 'web', 'cat', '/tmp/tree/sub/file'])).toBe('x');
    expect(await machine(['scp', 'tree', 'web:/tmp/'])).toMatchObject({ code: 1 });
    expect(await machine(['scp', 'notes', 'nobody:/tmp/'])).toMatchObject({
      code: 1,
      stderr: expect.stringContaining(
        'Error loading host: Docker machine "nobody" does not exist',
      ) as string,
    });
    await succeed(['rm', '-y', 'twin']);
  });

  it('is set up again without a change, and looked over', async () => {
    expect(await succeed(['provision', 'web'])).toContain('(web) ');
    expect(await machine(['start', 'web'])).toMatchObject({
      code: 1,
      stderr: 'Machine "web" is already running.\n',
    });
    for (const action of ['stop', 'kill']) {
      expect(await machine([action, 'web'])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(`generic driver does not support ${action}\n`) as string,
      });
    }
    const { checks } = (
      JSON.parse(await succeed(['doctor', '--format', 'json', 'web'])) as Doctor
    )[0];
    expect(checks.find(({ id }) => id === 'auth')?.status).toBe('ok');
  });

  it('lets a colleague in, who imports it', async () => {
    await succeed(['authorize', '--key', 'colleague.pub', 'web']);
    expect(await succeed(['authorize', 'web'])).toContain('colleague');
    await succeed(['export', '-o', 'machines.json', 'web']);
    const text = readFileSync(join(folder, 'machines.json'), 'utf8');
    expect(text).not.toContain('PRIVATE KEY');
    expect(text).not.toContain(folder);

    const theirs = { store: 'colleagues' };
    await succeed(['import', 'machines.json'], theirs);
    expect(await succeed(['ls', '-q'], theirs)).toBe('web\n');
    await succeed(['authorize', '--remove', '--key', 'colleague', 'web']);
    expect(await succeed(['authorize', 'web'])).not.toContain('colleague');
  });

  it('is described in a file', async () => {
    writeFileSync(
      join(folder, 'machines.yaml'),
      `machines:
  app:
    driver: generic
    options:
      ip-address: ${host.address}
      ssh-key: ${join(folder, 'key')}
`,
    );
    const dry = await succeed(['apply', '--dry-run', 'machines.yaml']);
    expect(dry).toMatch(/^CHANGE +MACHINE +WHY *\ncreate +app +it is not there *\n$/);
    expect(await machine(['apply', 'machines.yaml'], { input: '' })).toMatchObject({ code: 1 });
    expect(await succeed(['ls', '-q'])).toBe('web\n');
    expect(await succeed(['apply', '--yes', 'machines.yaml'])).toContain('app created\n');
    const again = await succeed(['apply', '--yes', '--format', 'json', 'machines.yaml']);
    expect(JSON.parse(again)).toMatchObject([{ change: 'keep', machine: 'app' }]);
    writeFileSync(
      join(folder, 'broken.yaml'),
      'machines:\n  app:\n    driver: generic\n    optons: {}\n',
    );
    const broken = await machine(['apply', 'broken.yaml']);
    expect(broken.code).toBe(1);
    expect(broken.stderr).toContain('broken.yaml:4:5');
    writeFileSync(
      join(folder, 'broken.yaml'),
      'machines:\n  app: {driver: generc}\n  db: {driver: none, options: {ulr: x}}\n',
    );
    const wrong = await machine(['apply', 'broken.yaml']);
    expect(wrong.stderr).toContain('broken.yaml:2:17');
    expect(wrong.stderr).toContain('Did you mean generic?');
    expect(wrong.stderr).toContain("driver none has no option 'ulr'");
    expect(wrong.stderr).toContain('broken.yaml:3:32');
    await succeed(['rm', '-y', 'app']);
  });

  it('shows its engine with certificates when that is asked for', async () => {
    await succeed(['rm', '-y', 'web']);
    const generic = ['-d', 'generic', '--generic-ip-address', host.address];
    const words = [...generic, '--generic-ssh-key', join(folder, 'key'), '--engine-tls', 'web'];
    await succeed(['create', ...words]);
    const path = join(folder, 'store/machines/web');
    expect((await succeed(['env', 'web'])).split('\n').slice(0, 4)).toEqual([
      'export DOCKER_TLS_VERIFY="1"',
      `export DOCKER_HOST="tcp://${host.address}:2376"`,
      `export DOCKER_CERT_PATH="${path}"`,
      'export DOCKER_MACHINE_NAME="web"',
    ]);
    expect(await succeed(['config', 'web'])).toBe(
      `--tlsverify\n--tlscacert="${path}/ca.pem"\n--tlscert="${path}/cert.pem"\n--tlskey="${path}/key.pem"\n-H=tcp://${host.address}:2376\n`,
    );
    const before = readFileSync(join(path, 'server.pem'), 'utf8');
    expect(await machine(['regenerate-certs', 'web'], { input: '' })).toMatchObject({ code: 1 });
    expect(readFileSync(join(path, 'server.pem'), 'utf8')).toBe(before);
    await succeed(['regenerate-certs', '-f', 'web']);
    expect(await succeed(['version', 'web'])).toMatch(/^20\.10\./);
    expect(await succeed(['provision', 'web'])).not.toContain('left as it is: /etc/docker');
    expect(readFileSync(join(path, 'server.pem'), 'utf8')).not.toBe(before);
    await succeed(['env', 'web']);
    await succeed(['provision', '--engine-tls=false', 'web']);
    expect(await succeed(['url', 'web'])).toBe(`ssh://root@${host.address}\n`);
    expect(await succeed(['version', 'web'])).toMatch(/^20\.10\./);
  });

  it('is told to be stopped when nobody answers, and to hang when nothing is said', async () => {
    await host.pause();
    expect(await succeed(['ls', '-t', '3', '-f', '{{.State}} {{.ResponseTime}}'])).toMatch(
      /^Timeout 3/,
    );
    await host.resume();
    await host.stop();
    expect(await succeed(['status', 'web'])).toBe('Stopped\n');
    for (const words of [['url'], ['env'], ['version']]) {
      const { code, stderr } = await machine([...words, 'web']);
      expect(code).toBe(1);
      expect(stderr).toContain('Host is not running');
    }
    const { code, stderr } = await machine(['ssh', 'web', 'true']);
    expect(code).toBe(1);
    expect(stderr).toContain('Error: Cannot run SSH command: Host "web" is not running');
    await succeed(['rm', '-y', 'web']);
  });
});

type Doctor = readonly [
  { readonly checks: readonly { readonly id: string; readonly status: string }[] },
];
