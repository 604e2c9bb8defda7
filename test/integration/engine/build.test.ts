import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Project, Service } from '../../../src/compose/model.ts';
import { buildImages, type BuildOptions } from '../../../src/engine/build/build.ts';
import { planBuilds } from '../../../src/engine/build/build-plan.ts';
import { connectEngine, type Engine } from '../../../src/engine/engine.ts';
import type { ProgressEvent } from '../../../src/engine/event.ts';
import { createRegistryAuth } from '../../../src/engine/pull/registry-auth.ts';
import { referenceBinary } from '../../support/reference.ts';
import { engineApi, engineSocket, engineVersion } from '../../support/test-engine.ts';
import { project as projectOf } from './projects.ts';

const NAME = 'tcbuild';
const { signal } = new AbortController();
let engine: Engine;
let root: string;
let buildx: string;

beforeAll(async () => {
  engine = await connectEngine({ kind: 'unix', path: engineSocket, origin: 'test' }, { signal });
  buildx = await referenceBinary('docker-buildx');
});

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tcompose-build-'));
});

afterEach(async () => {
  rmSync(root, { recursive: true, force: true });
  const filters = encodeURIComponent(
    JSON.stringify({ label: [`com.docker.compose.project=${NAME}`] }),
  );
  const images = await engineApi.ask('GET', `/images/json?filters=${filters}`);
  for (const { Id } of images as readonly { readonly Id: string }[]) {
    await engineApi.call('DELETE', `/images/${Id}?force=1`);
  }
});

afterAll(() => {
  engine.close();
});

/** Writes files below the test's directory; their paths are relative. */
function write(files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
}

interface Built {
  readonly images: ReadonlyMap<string, string>;
  readonly error: unknown;
  readonly output: string;
  /** `Image … Built`, in order. */
  readonly lines: readonly string[];
}

type Builder = 'classic' | 'bake';

async function build(
  builder: Builder,
  services: Readonly<Record<string, Omit<Service, 'name'>>>,
  more: {
    readonly project?: Partial<Project>;
    readonly options?: Partial<BuildOptions>;
    /** As for `up`; default true. */
    readonly singlePlatform?: boolean;
  } = {},
): Promise<Built> {
  const project = projectOf(NAME, {
    services: Object.fromEntries(
      Object.entries(services).map(([name, service]) => [name, { name, ...service }]),
    ),
    ...more.project,
  });
  const plan = planBuilds(project, {
    services: [],
    singlePlatform: more.singlePlatform ?? true,
    separator: '-',
    version: '0.0.0',
  });
  if (!plan.ok) throw new Error(plan.error);
  const plugins = join(root, '.plugins');
  mkdirSync(plugins);
  if (builder === 'bake') symlinkSync(buildx, join(plugins, 'docker-buildx'));
  const output: string[] = [];
  const events: ProgressEvent[] = [];
  const never = (): never => {
    throw new Error('no helper is configured');
  };
  let error: unknown;
  const images = await buildImages(
    engine,
    project,
    {
      plan: plan.value,
      auth: createRegistryAuth({}, { run: never }),
      plugins: {
        configDir: root,
        extraDirs: [plugins],
        env: { ...process.env, DOCKER_BUILDKIT: builder === 'classic' ? '0' : '1' },
      },
      display: 'lines',
      parallel: Infinity,
      onOutput: ({ line }) => output.push(line),
      ...more.options,
      onEvent: (event) => events.push(event),
    },
    signal,
  ).catch((reason: unknown) => {
    error = reason;
    return new Map<string, string>();
  });
  rmSync(plugins, { recursive: true });
  const lines = events.flatMap((event) =>
    event.type === 'message' || event.progress.parentId !== undefined
      ? []
      : [`${event.progress.id} ${event.progress.text}`],
  );
  return { images, error, output: output.join('\n'), lines };
}

interface ImageDetails {
  readonly Id: string;
  readonly Config: { readonly Labels: Readonly<Record<string, string>>; readonly Env: string[] };
}

const inspect = async (image: string): Promise<ImageDetails> =>
  (await engineApi.ask('GET', `/images/${image}/json`)) as ImageDetails;

const BUILDERS: readonly Builder[] = ['classic', 'bake'];

describe.each(BUILDERS)('building with the %s builder', (builder) => {
  it('gives the image its names and labels', async () => {
    write({ Dockerfile: 'FROM busybox\nARG WHO\nENV WHO=$WHO\nRUN echo "hello $WHO"\n' });
    const { error, output, lines, images } = await build(builder, {
      web: {
        build: {
          context: root,
          args: { WHO: '${you}' },
          labels: { mine: 'x' },
          tags: ['tcbuild-tag:1'],
        },
      },
    });
    expect(error).toBeUndefined();
    expect(lines).toEqual(['Image tcbuild-web Building', 'Image tcbuild-web Built']);
    expect([...images.keys()]).toEqual(['tcbuild-web']);
    expect(output).toContain('hello ${you}');
    const image = await inspect('tcbuild-web');
    expect(image.Config.Labels).toMatchObject({
      mine: 'x',
      'com.docker.compose.project': NAME,
      'com.docker.compose.service': 'web',
      'com.docker.compose.version': '0.0.0',
    });
    expect(image.Config.Env).toContain('WHO=${you}');
    expect((await inspect('tcbuild-tag:1')).Id).toBe(image.Id);
  });

  it('sends what is not ignored, and a Dockerfile from anywhere', async () => {
    write({
      'app/.dockerignore': '*\n!kept\n',
      'app/kept': 'x',
      'app/dropped': 'x',
      'other/D': 'FROM busybox\nCOPY . /app\nRUN ls -A /app | tr "\\n" " "; echo .\n',
    });
    const { error, output } = await build(builder, {
      web: { build: { context: join(root, 'app'), dockerfile: '../other/D' } },
    });
    expect(error).toBeUndefined();
    expect(output).toMatch(/(?:^|\s)kept \.$/m);
  });

  it('builds an inline Dockerfile up to its target', async () => {
    const dockerfile_inline =
      'FROM busybox AS one\nRUN echo $HOME one\nFROM busybox AS two\nRUN echo two\n';
    const { error, output } = await build(builder, {
      web: { build: { context: root, dockerfile_inline, target: 'one' } },
    });
    expect(error).toBeUndefined();
    expect(output).toContain('/root one');
    expect(output).not.toMatch(/\d two$/m);
  });

  it('says which line failed, and what it wrote', async () => {
    write({ Dockerfile: 'FROM busybox\n\nRUN echo reason \\\n  && exit 3\n' });
    const { error, lines } = await build(builder, { web: { build: { context: root } } });
    expect(error).toMatchObject({
      kind: 'failed',
      exitCode: builder === 'classic' ? 3 : 1,
      message: expect.stringMatching(
        new RegExp(
          `^service "web": failed to build: [^]*3[^]*\\n${root}/Dockerfile:3: RUN echo reason +&& exit 3\\n[^]*\\| reason`,
        ),
      ),
    });
    expect(lines).toEqual(['Image tcbuild-web Building', 'Image tcbuild-web Error']);
  });

  it('shows a last line without its break', async () => {
    write({ Dockerfile: 'FROM busybox\nRUN printf "no break"; exit 3\n' });
    const { error, output } = await build(builder, { web: { build: { context: root } } });
    expect(output).toMatch(/no break$/m);
    expect(error).toMatchObject({ message: expect.stringMatching(/\| no break$/) });
  });

  it('says that the context is missing', async () => {
    const { error } = await build(builder, { web: { build: { context: join(root, 'nowhere') } } });
    expect(error).toMatchObject({
      message: expect.stringMatching(/service "web": .*path ".*\/nowhere" not found/),
    });
  });

  it('says that the Dockerfile is missing', async () => {
    const { error } = await build(builder, { web: { build: { context: root } } });
    expect(error).toMatchObject({
      message: expect.stringMatching(/service "web": .*no such file or directory/),
    });
  });

  // The BuildKit inside engine 20.10 cannot do it with bake: nothing that could be tested there.
  const dependent = builder === 'bake' && engineVersion === '20.10' ? undefined : it;
  dependent?.('builds images from each other, in order', async () => {
    write({
      'base/Dockerfile': 'FROM busybox\nRUN echo from-base > /note\n',
      'top/Dockerfile': 'FROM base\nCOPY --from=base /note /copy\nRUN cat /note /copy\n',
    });
    const { error, output } = await build(builder, {
      top: {
        build: { context: join(root, 'top'), additional_contexts: { base: 'service:base' } },
      },
      base: { build: { context: join(root, 'base') } },
    });
    expect(error).toBeUndefined();
    expect(output.match(/from-base$/gm)).toHaveLength(2);
  });

  it('says which of several services could not be built', async () => {
    write({
      'good/Dockerfile': 'FROM busybox\nRUN sleep 0.2\n',
      'bad/Dockerfile': 'FROM busybox\nRUN exit 5\n',
    });
    const { error } = await build(builder, {
      good: { build: { context: join(root, 'good') } },
      bad: { build: { context: join(root, 'bad') } },
    });
    expect(error).toMatchObject({
      message: expect.stringMatching(/^service "bad": [^]*bad\/Dockerfile:2: RUN exit 5/),
    });
  });
});

describe('the classic builder', () => {
  it('refuses what it cannot do by the name of the key', async () => {
    const { error } = await build('classic', {
      web: { build: { context: root, secrets: [{ source: 's' }] } },
    });
    expect(error).toMatchObject({
      kind: 'unsupported',
      message: expect.stringContaining('service "web": build.secrets: '),
    });
  });

  it('refuses flags it cannot follow', async () => {
    const options = { sbom: 'true' };
    const { error } = await build('classic', { web: { build: { context: root } } }, { options });
    expect(error).toMatchObject({ message: "the classic builder doesn't support --sbom" });
  });
});

describe('bake', () => {
  it('is given secrets from variables', async () => {
    write({
      Dockerfile: 'FROM busybox\nRUN --mount=type=secret,id=token cat /run/secrets/token | rev\n',
    });
    const { error, output } = await build(
      'bake',
      { web: { build: { context: root, secrets: [{ source: 'token' }] } } },
      {
        project: {
          secrets: { token: { environment: 'TC_TOKEN' } },
          environment: { TC_TOKEN: 'abc-123' },
        },
      },
    );
    expect(error).toBeUndefined();
    expect(output).toContain('321-cba');
  });

  // Where images are kept in containerd, it can.
  const refuses = process.env['TCOMPOSE_TEST_STORE'] === 'containerd' ? undefined : it;
  refuses?.each([
    ['"platforms:"', { platforms: ['linux/amd64', 'linux/arm64'] }],
    ['"provenance:"', { provenance: 'true' }],
    ['"cache_to:"', { cache_to: ['type=local,dest=/nowhere'] }],
  ])('of the classic image store cannot do %s, and says what could', async (key, keys) => {
    const keysOfBuild = { context: root, dockerfile_inline: 'FROM scratch\n', ...keys };
    const { error } = await build(
      'bake',
      {
        plain: { build: { context: root, dockerfile_inline: 'FROM scratch\n' } },
        web: { build: keysOfBuild },
      },
      { singlePlatform: false },
    );
    expect(error).toMatchObject({
      kind: 'unsupported',
      message: expect.stringMatching(/^service "web": failed to build: .* is not supported/),
      hint: expect.stringMatching(new RegExp(`${key}.*containerd-snapshotter`)),
    });
  });
});
