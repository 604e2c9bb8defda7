import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { run, type Finished, type RunOptions } from '../../support/command.ts';
import { checkout } from '../../support/debian.ts';
import { startDockerRegistry, type TestRegistry } from '../../support/registry.ts';
import { dockerHost, engineApi, enterEngineNetwork } from '../../support/test-engine.ts';

const LOGIN = { auth: Buffer.from('bob:secret').toString('base64') };
let registry: TestRegistry;
let folder: string;

beforeAll(async () => {
  registry = await startDockerRegistry(enterEngineNetwork, 5911);
});

afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcregistry-'));
  mkdirSync(join(folder, 'config'));
  configure({ auths: { [registry.address]: LOGIN } });
});

afterEach(async () => {
  rmSync(folder, { recursive: true });
  const filters = encodeURIComponent(JSON.stringify({ reference: [`${registry.address}/*`] }));
  const images = await engineApi.ask('GET', `/images/json?filters=${filters}`);
  for (const { RepoTags: tags } of images as readonly { readonly RepoTags: string[] }[]) {
    for (const tag of tags) await engineApi.call('DELETE', `/images/${tag}?force=1`);
  }
});

function configure(config: object): void {
  writeFileSync(join(folder, 'config/config.json'), JSON.stringify(config));
}

/** Lays a credential helper into PATH. */
function install(helper: string, script: string): void {
  const path = join(folder, `docker-credential-${helper}`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** Runs tcompose on a project of these services. */
function tcompose(
  services: object,
  args: readonly string[],
  options: Pick<RunOptions, 'env' | 'signals'> = {},
): Promise<Finished> {
  const file = join(folder, 'compose.json');
  writeFileSync(file, JSON.stringify({ name: 'tcregistry', services }));
  return run(join(checkout, 'bin/tcompose'), ['-f', file, ...args], {
    cwd: folder,
    env: {
      PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
      HOME: folder,
      DOCKER_CONFIG: join(folder, 'config'),
      DOCKER_HOST: dockerHost,
      DOCKER_BUILDKIT: '0',
      ...options.env,
    },
    ...(options.signals === undefined ? {} : { signals: options.signals }),
  });
}

const name = (path: string): string => `${registry.address}/${path}`;
const built = (image: string, tags: readonly string[] = []) => ({
  image,
  build: { dockerfile_inline: `FROM busybox\nRUN echo ${image} > /note`, tags },
});

async function isThere(image: string): Promise<boolean> {
  return (await engineApi.call('GET', `/images/${image}/json`)).status === 200;
}

async function forget(image: string): Promise<void> {
  await engineApi.ask('DELETE', `/images/${image}?force=1`);
}

/** Puts an image into the registry, and away from the engine. */
async function publish(image: string): Promise<void> {
  const app = { app: built(image) };
  for (const command of ['build', 'push']) {
    const done = await tcompose(app, [command]);
    if (done.code !== 0) throw new Error(done.stderr);
  }
  await forget(image);
}

describe('push', () => {
  it('brings all names of an image to the registry, telling of layers where asked', async () => {
    const services = {
      app: built(name('both:1'), [name('both:2')]),
      db: { image: 'busybox' },
      local: { build: { dockerfile_inline: 'FROM busybox' } },
    };
    expect((await tcompose(services, ['build', 'app'])).code).toBe(0);
    const { code, stderr } = await tcompose(services, ['--progress', 'json', 'push']);
    expect(code).toBe(0);
    const events = stderr
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events).toContainEqual({ id: 'db', status: 'Done', text: 'Skipped' });
    expect(events).toContainEqual({ id: 'local', status: 'Done', text: 'Skipped' });
    for (const tag of ['both:1', 'both:2']) {
      expect(events).toContainEqual({ id: name(tag), status: 'Working', text: 'Pushing' });
      expect(events).toContainEqual({ id: name(tag), status: 'Done', text: 'Pushed' });
    }
    expect(events).toContainEqual(
      expect.objectContaining({ parent_id: name('both:1'), percent: 100, status: 'Done' }),
    );
    for (const tag of ['both:1', 'both:2']) await forget(name(tag));
    const pulled = await tcompose({ a: { image: name('both:2') } }, ['pull']);
    expect([pulled.code, await isThere(name('both:2'))]).toEqual([0, true]);
  });

  it('says nothing when quiet', async () => {
    const services = { app: built(name('quiet:1')) };
    await tcompose(services, ['build']);
    expect(await tcompose(services, ['push', '-q'])).toMatchObject({
      code: 0,
      stdout: '',
      stderr: '',
    });
  });

  it('pushes only what is named, and what it depends on when asked to', async () => {
    const services = {
      app: { ...built(name('top:1')), depends_on: ['base'] },
      base: built(name('low:1')),
    };
    await tcompose(services, ['build']);
    expect((await tcompose(services, ['push', 'app'])).stderr).not.toContain('low:1');
    expect((await tcompose(services, ['push', '--include-deps', 'app'])).stderr).toContain('low:1');
  });

  it('names image and service of a failure, and goes on only when told to', async () => {
    const services = { app: built(name('never-built:1')), good: built(name('built:1')) };
    await tcompose(services, ['build', 'good']);
    const failed = await tcompose(services, ['push', 'app']);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(
      /never-built.*\n +help: Image ".*never-built:1" of service "app" was not pushed\. .*build it/,
    );
    const ignored = await tcompose(services, ['push', '--ignore-push-failures']);
    expect(ignored.code).toBe(0);
    expect(ignored.stderr).toContain(` ${name('built:1')} Pushed `);
  });

  it('is part of a build that is to push', async () => {
    const services = { app: built(name('at-once:1'), [name('at-once:2')]) };
    expect((await tcompose(services, ['build', '--push'])).code).toBe(0);
    await forget(name('at-once:1'));
    await forget(name('at-once:2'));
    expect((await tcompose({ a: { image: name('at-once:2') } }, ['pull'])).code).toBe(0);
  });
});

describe('logging in', () => {
  const image = (): string => name('private:1');
  const pull = (env: Readonly<Record<string, string>> = {}): Promise<Finished> =>
    tcompose({ app: { image: image() } }, ['pull'], { env });

  beforeEach(async () => {
    await publish(image());
  });

  it('is needed, and said to be', async () => {
    configure({});
    const { code, stderr } = await pull();
    expect(code).toBe(1);
    expect(stderr).toContain(`Image "${image()}" of service "app" was not pulled.`);
    expect(stderr).toContain(`docker login ${registry.address}`);
  });

  it('works by user and password in the configuration', async () => {
    configure({
      auths: { [`http://${registry.address}/v1/`]: { username: 'bob', password: 'secret' } },
    });
    expect((await pull()).code).toBe(0);
  });

  it('works by DOCKER_AUTH_CONFIG, before the configuration', async () => {
    configure({ auths: { [registry.address]: { username: 'eve', password: 'wrong' } } });
    const DOCKER_AUTH_CONFIG = JSON.stringify({ auths: { [registry.address]: LOGIN } });
    expect((await pull()).code).toBe(1);
    expect((await pull({ DOCKER_AUTH_CONFIG })).code).toBe(0);
  });

  it.each(['credsStore', 'credHelpers'])('works by a helper in %s', async (key) => {
    install(
      'test',
      `[ "$(cat)" = ${registry.address} ] && echo '{"Username":"bob","Secret":"secret"}'`,
    );
    configure({ [key]: key === 'credsStore' ? 'test' : { [registry.address]: 'test' } });
    expect(await pull()).toMatchObject({ code: 0 });
  });

  it.each([
    ['is missing', undefined, 'cannot run docker-credential-test'],
    ['fails', 'echo the vault is sealed; exit 1', 'the vault is sealed'],
    ['answers rubbish', 'echo hunter2', 'not a JSON object'],
  ])('says that the helper %s', async (_title, script, wanted) => {
    if (script !== undefined) install('test', script);
    configure({ credsStore: 'test' });
    const { code, stdout, stderr } = await pull();
    expect(code).toBe(1);
    expect(stderr).toContain('error getting credentials');
    expect(stderr).toContain(wanted);
    expect(stdout + stderr).not.toContain('hunter2');
  });

  it('goes on without a configuration that is broken', async () => {
    writeFileSync(join(folder, 'config/config.json'), '{\n  "auths": hunter2\n}');
    const DOCKER_AUTH_CONFIG = JSON.stringify({ auths: { [registry.address]: LOGIN } });
    const { code, stderr } = await pull({ DOCKER_AUTH_CONFIG });
    expect(code).toBe(0);
    expect(stderr).toContain('config.json:2:12): expected a value; the file is ignored');
    expect(stderr).not.toContain('hunter2');
  });

  it('serves the digests of a locked configuration', async () => {
    const services = { app: { image: image() } };
    const done = await tcompose(services, ['config', '--resolve-image-digests']);
    expect(done.stdout).toMatch(/image: .*private:1@sha256:[0-9a-f]{64}$/m);
    configure({});
    const refused = await tcompose(services, ['config', '--resolve-image-digests']);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('docker login')]);
  });

  it('serves the base images of a build', async () => {
    const services = { app: { build: { dockerfile_inline: `FROM ${image()}\n` } } };
    expect(await tcompose(services, ['build'])).toMatchObject({ code: 0 });
  });
});

describe('pull policies', () => {
  const service = (pull_policy?: string) => ({ app: { image: name('policy:1'), pull_policy } });

  beforeEach(async () => {
    await publish(name('policy:1'));
  });

  it.each([
    ['missing', true],
    ['if_not_present', true],
    ['always', true],
    ['build', false],
    ['never', false],
    ['daily', true],
    ['every_12h', true],
  ])('%s pulls what is not there: %s', async (policy, wanted) => {
    await tcompose(service(policy), ['create']);
    expect(await isThere(name('policy:1'))).toBe(wanted);
    await tcompose(service(), ['down']);
  });

  it.each([
    [undefined, 'Pulled'],
    ['weekly', 'Pulled'],
    ['missing', 'Skipped Image is already present locally'],
    ['never', 'Skipped'],
  ])('%s, once it is there, an explicit pull shows as %s', async (policy, wanted) => {
    await tcompose(service(), ['pull']);
    const { stderr } = await tcompose(service(policy), ['pull']);
    expect(stderr).toContain(` Image ${name('policy:1')} ${wanted}`);
  });

  it('pulls again in up only when it is due', async () => {
    await tcompose(service(), ['pull']);
    // Not every image store keeps when it pulled an image, all keep when it was tagged.
    await engineApi.ask('POST', `/images/${name('policy:1')}/tag?repo=${name('policy')}&tag=1`);
    const pulls = async (policy: string): Promise<boolean> =>
      (await tcompose(service(policy), ['create'])).stderr.includes('Pulling');
    expect(await pulls('weekly')).toBe(false);
    expect(await pulls('every_1ms')).toBe(true);
    expect(await pulls('always')).toBe(true);
    await tcompose(service(), ['down']);
  });
});

describe('an image that can be both pulled and built', () => {
  const services = (pull_policy?: string) => ({ app: { ...built(name('either:1')), pull_policy } });
  const create = async (policy?: string, ...flags: string[]): Promise<string> => {
    const done = await tcompose(services(policy), ['create', ...flags]);
    expect(done).toMatchObject({ code: 0 });
    await tcompose(services(policy), ['down']);
    return done.stderr;
  };

  it.each([
    [undefined, true],
    ['always', true],
    ['weekly', true],
    ['never', false],
    ['build', false],
  ])('is built when policy %s finds it nowhere (pulled: %s)', async (policy, tried) => {
    const image = `unheard-of-${policy ?? 'none'}:1`;
    const app = { ...built(name(image)), pull_policy: policy };
    const done = await tcompose({ app }, ['create']);
    expect(done).toMatchObject({ code: 0 });
    expect(done.stderr.includes(` Image ${name(image)} Pulling `)).toBe(tried);
    expect(done.stderr).toContain(` Image ${name(image)} Built `);
    await tcompose({ app }, ['down']);
  });

  it('is not built when it was pulled, and then left alone', async () => {
    await publish(name('either:1'));
    expect((await tcompose(services(), ['plan'])).stdout).toMatch(
      /pull or build .*either:1 +not found/,
    );
    const first = await create();
    expect(first).toContain(` Image ${name('either:1')} Pulled `);
    expect(first).not.toContain('Building');
    expect(await create()).not.toMatch(/Pulling|Building/);
    expect(await create(undefined, '--build')).not.toContain('Pulling');
    expect(await create('always', '--no-build')).toContain('Pulled');
  });

  it('is asked to be built by a pull that fails, which pulls the rest', async () => {
    await publish(name('rest:1'));
    const all = { app: built(name('nowhere:1')), rest: { image: name('rest:1') } };
    const { code, stderr } = await tcompose(all, ['pull']);
    expect(code).toBe(1);
    expect(stderr).toContain('must be built from source by running:\n    docker compose build app');
    expect(await isThere(name('rest:1'))).toBe(true);
    const skipped = await tcompose(all, ['pull', '--ignore-buildable']);
    expect([skipped.code, skipped.stderr]).toEqual([
      0,
      expect.stringContaining('Image can be built'),
    ]);
  });
});

describe('pulling many', () => {
  it('tells of images, but not of their layers, when quiet', async () => {
    await publish(name('calm:1'));
    const services = { app: { image: name('calm:1') } };
    const { stderr } = await tcompose(services, ['--progress', 'json', 'pull', '-q']);
    const events = stderr.trim().split('\n');
    expect(events.map((line) => JSON.parse(line) as unknown)).toEqual([
      { id: `Image ${name('calm:1')}`, status: 'Working', text: 'Pulling' },
      { id: `Image ${name('calm:1')}`, status: 'Done', text: 'Pulled' },
    ]);
  });

  it('reports all that cannot be had', async () => {
    const image = (tag: string) => ({ image: name(`gone:${tag}`), build: '.' });
    const { code, stderr } = await tcompose({ a: image('1'), b: image('2') }, ['pull']);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^Error response from daemon: .*gone:1 not found/m);
    expect(stderr).toMatch(/^Error response from daemon: .*gone:2 not found/m);
    expect(stderr).not.toContain('internal error');
    const ignored = await tcompose({ a: image('1') }, ['pull', '--ignore-pull-failures']);
    expect(ignored.code).toBe(0);
  });
});
