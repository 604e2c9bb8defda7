import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run, type Finished, type RunOptions } from '../support/command.ts';
import { checkout } from '../support/debian.ts';
import { referenceBinary } from '../support/reference.ts';
import { startDockerRegistry, type TestRegistry } from '../support/registry.ts';
import { dockerHost, engineApi, enterEngineNetwork } from '../support/test-engine.ts';

const LOGIN = { auth: Buffer.from('bob:secret').toString('base64') };
/** Compose publishes to registries with TLS only. */
let registry: TestRegistry;
let plain: TestRegistry;
let compose: string;
let folder: string;

beforeAll(async () => {
  [registry, plain, compose] = await Promise.all([
    startDockerRegistry(enterEngineNetwork, 5951, 'tls'),
    startDockerRegistry(enterEngineNetwork, 5952),
    referenceBinary('docker-compose'),
  ]);
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
  await plain[Symbol.asyncDispose]();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcpublish-'));
  for (const name of ['here', 'elsewhere', 'config']) mkdirSync(join(folder, name));
  const auths = { [registry.address]: LOGIN, [plain.address]: LOGIN };
  writeFileSync(join(folder, 'config/config.json'), JSON.stringify({ auths }));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

type Tool = 'tcompose' | 'compose';
type Where = 'here' | 'elsewhere';

/** Runs a tool where the registries are: in the engine's network. */
function runTool(
  tool: Tool,
  args: readonly string[],
  { where = 'here', ...options }: Pick<RunOptions, 'env' | 'input'> & { where?: Where } = {},
): Promise<Finished> {
  const program = tool === 'compose' ? compose : join(checkout, 'bin/tcompose');
  const [first, ...rest] = [...enterEngineNetwork, program];
  return run(first ?? '', [...rest, ...args], {
    ...options,
    cwd: join(folder, where),
    env: {
      PATH: process.env['PATH'],
      HOME: folder,
      XDG_CACHE_HOME: join(folder, 'cache'),
      DOCKER_CONFIG: join(folder, 'config'),
      DOCKER_HOST: dockerHost,
      SSL_CERT_FILE: join(checkout, 'test/support/certificates/ca.pem'),
      ...options.env,
    },
  });
}

function write(files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, 'here', name), text);
}

const project = {
  'compose.yaml': `services:
  web:
    image: busybox:\${TAG:-1}
    env_file:
      - ./a.env
    extends:
      file: base.yaml
      service: base
`,
  'over.yaml': 'services: {web: {labels: {over: "yes"}}}\n',
  'base.yaml': 'services:\n  base:\n    command: [echo, hello]\n',
  'a.env': 'A=1\n',
};

/** What the registry has, by its own answer. */
async function ask(
  path: string,
  accept = 'application/vnd.oci.image.manifest.v1+json',
): Promise<string> {
  const script = `
    fetch(process.argv[1], { headers: { Accept: process.argv[2], Authorization: process.argv[3] } })
      .then(async (answer) => process.stdout.write(answer.status + '\\n' + (await answer.text())));`;
  const url = `https://${registry.address}/v2/${path}`;
  const [first, ...rest] = [...enterEngineNetwork, process.execPath, '-e', script, url, accept];
  const answer = await run(first ?? '', [...rest, `Basic ${LOGIN.auth}`], {
    env: { NODE_EXTRA_CA_CERTS: join(checkout, 'test/support/certificates/ca.pem') },
  });
  return answer.stdout;
}

/** Without what differs from one second, and from one version, to the next. */
const comparable = (manifest: string): string =>
  manifest
    .replaceAll(/"com.docker.compose.version":"[^"]*"/g, '"com.docker.compose.version":""')
    .replaceAll(/"org.opencontainers.image.created":"[^"]*"/g, '"created":""');

describe('an artifact', () => {
  it.each([
    ['as it is', []],
    ['for OCI 1.1', ['--oci-version', '1.1']],
    ['for OCI 1.0', ['--oci-version', '1.0']],
  ])('%s is to the byte what Compose publishes', async (_, flags) => {
    write(project);
    const args = (name: string): string[] => [
      '-f',
      'compose.yaml',
      '-f',
      'over.yaml',
      'publish',
      '-y',
      '--with-env',
      ...flags,
      `${registry.address}/${name}:1`,
    ];
    const theirs = await runTool('compose', args('theirs'));
    const ours = await runTool('tcompose', args('ours'));
    expect([theirs.code, ours.code, ours.stdout]).toEqual([0, 0, '']);
    expect(ours.stderr).toContain('published');
    const made = await ask('ours/manifests/1');
    expect(made).toContain('200\n{"schemaVersion":2');
    expect(comparable(made)).toBe(comparable(await ask('theirs/manifests/1')));
  });

  it.each([
    ['tcompose', 'compose'],
    ['compose', 'tcompose'],
    ['tcompose', 'tcompose'],
  ] as const)('of %s is the project that was published, for %s', async (from, to) => {
    write(project);
    const name = `${registry.address}/from-${from}:1`;
    const files = ['-f', 'compose.yaml', '-f', 'over.yaml'];
    const published = await runTool(from, [...files, 'publish', '-y', '--with-env', name]);
    expect(published.code).toBe(0);
    const here = await runTool(to, [...files, '-p', 'x', 'config']);
    const read = await runTool(to, ['-f', `oci://${name}`, '-p', 'x', 'config'], {
      where: 'elsewhere',
    });
    expect([read.code, read.stdout]).toEqual([0, here.stdout]);
  });

  it('runs elsewhere, and the other tool takes it over', async () => {
    const name = `${registry.address}/runs:1`;
    write({
      'compose.yaml':
        'name: tcpub\nservices: {app: {image: test-idle, environment: {HELLO: "${HELLO:-you}"}}}',
    });
    expect((await runTool('tcompose', ['publish', '-y', name])).code).toBe(0);
    const args = ['-f', `oci://${name}`];
    const where = 'elsewhere';
    try {
      const up = await runTool('tcompose', [...args, 'up', '-d', '-y'], { where });
      expect([up.code, up.stdout]).toEqual([
        0,
        expect.stringContaining(`Your compose stack "oci://${name}" is stored in "`),
      ]);
      const [container] = await containers();
      expect(container?.Labels['com.docker.compose.project.config_files']).toMatch(
        /\/cache\/docker-compose\/[0-9a-f]{64}\/compose\.yaml$/,
      );
      const again = await runTool('compose', [...args, 'up', '-d', '-y'], { where });
      expect(again.code).toBe(0);
      expect((await containers())[0]?.Id).toBe(container?.Id);
    } finally {
      await runTool('tcompose', ['-p', 'tcpub', 'down'], { where });
    }
  });

  it('asks about variables before it runs', async () => {
    const name = `${registry.address}/asks:1`;
    write({ 'compose.yaml': 'name: tcpub\nservices: {app: {image: "test-idle:${TAG:-latest}"}}' });
    expect((await runTool('tcompose', ['publish', '-y', name])).code).toBe(0);
    const args = ['-f', `oci://${name}`, 'up', '-d'];
    const [theirs, ours] = [
      await runTool('compose', args, { where: 'elsewhere', env: { TAG: 'none' } }),
      await runTool('tcompose', args, { where: 'elsewhere', env: { TAG: 'none' } }),
    ];
    expect([ours.code, theirs.code]).toEqual([1, 1]);
    expect(ours.stderr).toContain('operation cancelled by user\n');
    expect(ours.stdout.trimEnd()).toBe(theirs.stdout.trimEnd());
    expect(await containers()).toEqual([]);
    const agreed = await runTool('tcompose', [...args, '--dry-run'], {
      input: 'y\n',
      where: 'here',
    });
    expect(agreed.code).toBe(0);
  });

  it('may be included, and a fault of it names the line', async () => {
    const name = `${registry.address}/included:1`;
    write({ 'compose.yaml': 'services: {app: {image: x}}' });
    expect((await runTool('tcompose', ['publish', '-y', name])).code).toBe(0);
    write({ 'compose.yaml': `include:\n  - oci://${name}\n` });
    const included = await runTool('tcompose', ['config', '--services']);
    expect([included.code, included.stdout]).toEqual([0, 'app\n']);
    write({ 'compose.yaml': `include:\n  - oci://${name}23\n` });
    const missing = await runTool('tcompose', ['config', '--services']);
    expect([missing.code, missing.stderr]).toEqual([
      1,
      expect.stringContaining('compose.yaml:2:5'),
    ]);
    expect(missing.stderr).toContain(`failed to pull OCI resource "${name}23": `);
  });
});

interface Container {
  readonly Id: string;
  readonly Labels: Readonly<Record<string, string>>;
}

async function containers(): Promise<readonly Container[]> {
  const filters = encodeURIComponent(
    JSON.stringify({ label: ['com.docker.compose.project=tcpub'] }),
  );
  return (await engineApi.ask('GET', `/containers/json?all=1&filters=${filters}`)) as Container[];
}

describe('images', () => {
  it('that are built here are pushed along, and pinned where asked', async () => {
    const image = `${plain.address}/built:1`;
    const name = `${plain.address}/pinned:1`;
    write({
      'compose.yaml': JSON.stringify({
        services: { app: { image, build: { dockerfile_inline: 'FROM busybox\nRUN echo 1 > /x' } } },
      }),
    });
    const env = { DOCKER_BUILDKIT: '0' };
    expect((await runTool('tcompose', ['build'], { env })).code).toBe(0);
    const flags = ['--insecure-registry', '--resolve-image-digests'];
    const published = await runTool('tcompose', ['publish', '-y', ...flags, name]);
    expect([published.code, published.stderr]).toEqual([0, expect.stringContaining('Pushed')]);
    const insecure = ['--insecure-registry', plain.address];
    const read = await runTool('tcompose', [
      ...insecure,
      '-f',
      `oci://${name}`,
      'config',
      '--images',
    ]);
    expect(read.stdout).toMatch(/^127\.0\.0\.1:5952\/built:1@sha256:[0-9a-f]{64}\n$/);
    await engineApi.call('DELETE', `/images/${image}?force=1`);
  });

  it('of an application are in the registry with it, as for Compose', async () => {
    const image = `${registry.address}/base:1`;
    write({ 'compose.yaml': JSON.stringify({ services: { app: { image, build: '.' } } }) });
    write({ Dockerfile: 'FROM busybox\nRUN echo 2 > /x\n' });
    const env = { DOCKER_BUILDKIT: '0' };
    expect((await runTool('tcompose', ['build'], { env })).code).toBe(0);
    expect((await runTool('tcompose', ['push'], { env })).code).toBe(0);
    const name = (tool: Tool): string => `${registry.address}/app-${tool}:1`;
    const results = [];
    for (const tool of ['compose', 'tcompose'] as const) {
      const { code, stderr } = await runTool(tool, ['publish', '-y', '--app', name(tool)]);
      results.push(code === 0 ? code : stderr);
    }
    expect(results).toEqual([0, 0]);
    const referred = await ask(
      'base/manifests/1',
      'application/vnd.docker.distribution.manifest.v2+json',
    );
    expect(referred).toContain('200\n');
    const read = await runTool(
      'compose',
      ['-f', `oci://${name('tcompose')}`, 'config', '--images'],
      {
        where: 'elsewhere',
      },
    );
    expect(read.stdout).toContain(`${image}@sha256:`);
    const digest = read.stdout.trim().split('@')[1] ?? '';
    const type = 'application/vnd.docker.distribution.manifest.v2+json';
    for (const tool of ['compose', 'tcompose'] as const) {
      expect(await ask(`app-${tool}/manifests/${digest}`, type)).toBe(referred);
    }
    await engineApi.call('DELETE', `/images/${image}?force=1`);
  });
});

describe('before anything leaves the machine', () => {
  const nowhere = { DOCKER_HOST: 'unix:///nowhere' };
  const publish = (
    args: readonly string[],
    options: Pick<RunOptions, 'input'> = {},
  ): Promise<Finished> =>
    runTool('tcompose', ['publish', ...args, `${registry.address}/refused:1`], {
      ...options,
      env: nowhere,
    });
  const isThere = async (): Promise<boolean> =>
    (await ask('refused/manifests/1')).startsWith('200');

  it.each([
    [
      'bind mounts',
      { 'compose.yaml': 'services: {a: {image: x, volumes: ["./data:/d:ro"]}}' },
      /a: \/.*\/here\/data:\/d:ro\nAre you ok to publish these bind mount declarations\?/,
    ],
    [
      'env files',
      { 'compose.yaml': 'services: {a: {image: x, env_file: a.env}}', 'a.env': 'A=1' },
      /service "a": env_file declared\n/,
    ],
    [
      'literal secrets',
      { 'compose.yaml': 'services: {a: {image: x, environment: {DB_PASSWORD: hunter2}}}' },
      /service "a": literal value for "DB_PASSWORD"\n/,
    ],
    [
      'contents of configs',
      {
        'compose.yaml':
          'services: {a: {image: x, configs: [c]}}\nconfigs: {c: {content: "hunter2"}}',
      },
      /config "c"\nAre you ok to publish these config contents\?/,
    ],
    [
      'what looks like a secret in a file',
      {
        'compose.yaml': 'services: {a: {image: x, secrets: [s]}}\nsecrets: {s: {file: s.txt}}',
        's.txt': `# one\npassword: hunter2\n`,
      },
      /here\/s\.txt:2: password \(value of a name that says secret\)\n/,
    ],
  ])('it asks about %s, and no means no', async (_, files, text) => {
    write(files);
    const { code, stderr, stdout } = await publish([]);
    expect([code, stderr]).toEqual([130, '']);
    expect(stdout).toMatch(text);
    expect(stdout).not.toContain('hunter2');
    expect(await isThere()).toBe(false);
  });

  it('all questions are asked, and all must be answered by yes', async () => {
    write({
      'compose.yaml':
        'services: {a: {image: x, volumes: ["/etc:/d"], environment: {TOKEN: abcdef}, configs: [c]}}\nconfigs: {c: {content: abcdef}}',
    });
    const refused = await publish([], { input: 'y\ny\nn\n' });
    expect([refused.code, refused.stdout.match(/Are you ok/g)?.length]).toEqual([130, 3]);
    expect((await publish(['--dry-run'], { input: 'y\ny\ny\n' })).code).toBe(0);
    expect(await isThere()).toBe(false);
  });

  it.each([
    [
      'services that are only built',
      { 'compose.yaml': 'services: {a: {build: .}, b: {build: .}}' },
      'only contains a build section for service(s):\n- "a"\n- "b"\n',
    ],
    [
      'includes of this machine',
      { 'compose.yaml': 'include: [b.yaml]', 'b.yaml': 'services: {b: {image: x}}' },
      'cannot publish compose file with local includes\n  compose.yaml:1:11',
    ],
  ])('it refuses %s', async (_, files, text) => {
    write(files);
    const { code, stderr } = await publish(['-y']);
    expect([code, stderr]).toEqual([1, expect.stringContaining(text)]);
  });

  it('--dry-run tells what would be published', async () => {
    write(project);
    const { code, stdout } = await publish(['-y', '--with-env', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^add compose file .*\/compose\.yaml\nadd extended file [0-9a-f]{64}\.yaml\nadd env file [0-9a-f]{64}\.env\npublish localhost:5951\/refused:1\n$/,
    );
    expect(await isThere()).toBe(false);
  });

  it.each([
    ['a name that is none', ['BAD:1:2'], 'invalid reference format'],
    ['a digest', [`x@sha256:${'0'.repeat(64)}`], 'cannot publish to a digest'],
    ['a version that is none', ['--oci-version', '2.0', 'x'], 'unsupported OCI version: 2.0'],
  ])('it refuses %s', async (_, args, text) => {
    write({ 'compose.yaml': 'services: {a: {image: x}}' });
    const { code, stderr } = await runTool('tcompose', ['publish', ...args], { env: nowhere });
    expect([code, stderr]).toEqual([1, expect.stringContaining(text)]);
  });

  it('without a login says so', async () => {
    write({ 'compose.yaml': 'services: {a: {image: x}}' });
    writeFileSync(join(folder, 'config/config.json'), '{}');
    const { code, stderr } = await publish([]);
    expect([code, stderr]).toEqual([1, expect.stringContaining('does not allow to write refused')]);
    expect(stderr).toContain(`docker login ${registry.address}`);
  });
});

it('copies of artifacts hold nothing but their files', async () => {
  write(project);
  const name = `${registry.address}/copies:1`;
  expect((await runTool('tcompose', ['publish', '-y', '--with-env', name])).code).toBe(0);
  await runTool('tcompose', ['-f', `oci://${name}`, 'config'], { where: 'elsewhere' });
  const [copy = ''] = readdirSync(join(folder, 'cache/docker-compose'));
  const root = join(folder, 'cache/docker-compose', copy);
  expect(readdirSync(root)).toHaveLength(3);
  expect(readFileSync(join(root, 'compose.yaml'), 'utf8')).toMatch(/- [0-9a-f]{64}\.env\n/);
});
