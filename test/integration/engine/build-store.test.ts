import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ContainerdStore, type StoredImage } from '../../support/containerd-store.ts';
import type { Finished } from '../../support/command.ts';

/** Nothing of it has to run, so that it can be built for any platform. */
const COPY = 'FROM scratch\nCOPY note /note\n';

const BOTH = ['linux/amd64', 'linux/arm64'];

let store: ContainerdStore;

beforeAll(async () => {
  store = await ContainerdStore.open();
  writeFileSync(join(store.folder, 'note'), 'a note\n');
});

afterAll(() => store[Symbol.asyncDispose]());

/** Runs tcompose, which has to succeed. */
async function tcompose(...args: string[]): Promise<Finished> {
  const done = await store.tcompose(args);
  if (done.code !== 0) throw new Error(done.stderr);
  return done;
}

const name = (path: string): string => `${store.registry.address}/${path}`;

/** A service that is built. */
const built = (image: string, keys: object = {}) => ({
  image,
  build: { context: '.', dockerfile_inline: COPY, ...keys },
});

/** What an image consists of: `image arm64`, `attestation`. */
const parts = ({ Manifests }: StoredImage): readonly string[] =>
  Manifests.map(({ Kind, ImageData }) =>
    [Kind, ImageData?.Platform.architecture].filter((word) => word !== undefined).join(' '),
  );

const content = async (image: string): Promise<string | undefined> =>
  (await store.image(image)).Manifests.find(({ Kind }) => Kind === 'image')?.ID;

it.each([
  ['platforms', { platforms: BOTH }],
  ['provenance', { provenance: 'mode=max' }],
  ['provenance: true', { provenance: true }],
  ['provenance: false', { provenance: false }],
  ['nothing special', {}],
])('an image with %s has the parts that Compose gives it', async (_title, keys) => {
  store.write({ app: built('tcstore-parts', keys) });
  await store.compose('build');
  const wanted = await store.image('tcstore-parts');
  await store.api.ask('DELETE', '/images/tcstore-parts?force=1');
  await tcompose('build');
  const got = await store.image('tcstore-parts');
  expect(parts(got)).toEqual(parts(wanted));
  expect(parts(got).filter((part) => part.startsWith('image'))).toHaveLength(
    'platforms' in keys ? 2 : 1,
  );
});

it('an image for several platforms is kept and pushed for all of them', async () => {
  const image = name('several:1');
  store.write({ app: built(image, { platforms: BOTH }) });
  await tcompose('build', '--push');
  expect(parts(await store.image(image)).slice(0, 2)).toEqual(['image amd64', 'image arm64']);
  const { manifests } = await store.published(image);
  const platforms = manifests.map(({ platform }) => `${platform.os}/${platform.architecture}`);
  expect(platforms).toEqual([...BOTH, 'unknown/unknown', 'unknown/unknown']);
});

it('up builds for the platform it runs on, and leaves what it finds', async () => {
  const image = 'tcstore-several';
  const service = { ...built(image, { platforms: BOTH }), command: ['/note'] };
  store.write({ app: service });
  await tcompose('create');
  expect(parts(await store.image(image)).filter((part) => part.startsWith('image'))).toHaveLength(
    1,
  );
  await tcompose('build');
  const { Id } = await store.image(image);
  await tcompose('create');
  expect((await store.image(image)).Id).toBe(Id);
  await tcompose('down');
});

it('a container of a pinned platform is compared with the image of that platform', async () => {
  const image = 'tcstore-pinned';
  const pinned = { ...built(image, { platforms: BOTH }), command: ['/note'] };
  const foreign = process.arch === 'arm64' ? 'linux/amd64' : 'linux/arm64';
  store.write({ app: { ...pinned, platform: foreign } });
  await tcompose('build');
  await tcompose('create');
  const first = await store.containers();
  const details = (await store.api.inspect(first['app'] ?? '')) as unknown as {
    readonly ImageManifestDescriptor: { readonly platform: { readonly architecture: string } };
  };
  expect(`linux/${details.ImageManifestDescriptor.platform.architecture}`).toBe(foreign);
  await tcompose('build');
  await tcompose('create');
  expect(await store.containers()).toEqual(first);
  writeFileSync(join(store.folder, 'note'), 'another note\n');
  await tcompose('build');
  await tcompose('create');
  expect((await store.containers())['app']).not.toBe(first['app']);
  await tcompose('down');
});

it.each([
  ['mode=max', true],
  ['mode=min', false],
])('provenance: %s is attested (whole recipe: %s)', async (provenance, whole) => {
  const image = name(`provenance-${provenance.slice(5)}:1`);
  store.write({ app: built(image, { provenance }) });
  await tcompose('build', '--push');
  const attested = await store.attestation(image, 'Provenance');
  expect(attested).toHaveProperty('SLSA.buildType');
  expect(JSON.stringify(attested).includes('"llbDefinition"')).toBe(whole);
});

it('an attestation can be switched off for all services', async () => {
  store.write({ app: built('tcstore-bare') });
  await tcompose('build', '--provenance=false');
  expect(parts(await store.image('tcstore-bare'))).toEqual([
    `image ${process.arch === 'x64' ? 'amd64' : process.arch}`,
  ]);
});

it('an inventory is made by the image that "sbom" names', async () => {
  const statement = {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: 'https://spdx.dev/Document',
    predicate: { name: 'made by the test' },
  };
  const script = `echo '${JSON.stringify(statement)}' >"$BUILDKIT_SCAN_DESTINATION/x.spdx.json"`;
  writeFileSync(join(store.folder, 'scan'), script);
  const image = name('inventory:1');
  const scanner = { dockerfile_inline: 'FROM busybox\nCOPY scan /scan\nCMD ["sh", "/scan"]' };
  store.write({
    scanner: built('tcstore-scanner', scanner),
    app: built(image, { sbom: 'generator=tcstore-scanner' }),
  });
  await tcompose('build', 'scanner');
  await tcompose('build', '--push', 'app');
  expect(await store.attestation(image, 'SBOM')).toEqual({ SPDX: statement.predicate });
});

it('says what an inventory needs when the usual scanner cannot be had', async () => {
  store.write({ app: built('tcstore-sbom', { sbom: true }), other: built('tcstore-other') });
  const { code, stderr } = await store.tcompose(['build']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^service "app": failed to build: .*buildkit-syft-scanner/m);
  expect(stderr).toMatch(/^ {2}help: "sbom:" needs an image .*generator=IMAGE/m);
});

it('a cache in a folder outlives that of the engine', async () => {
  const cache = join(store.folder, 'cache');
  const image = 'tcstore-cached';
  const random = 'FROM busybox\nRUN cat /proc/sys/kernel/random/uuid > /random\n';
  const keys = { dockerfile_inline: random, cache_to: [`type=local,dest=${cache}`] };
  const forget = async (): Promise<void> => {
    await store.api.ask('DELETE', `/images/${image}?force=1`);
    await store.api.ask('POST', '/build/prune?all=1');
  };
  store.write({ app: built(image, keys) });
  await tcompose('build');
  const first = await content(image);
  await forget();
  store.write({ app: built(image, { ...keys, cache_from: [`type=local,src=${cache}`] }) });
  await tcompose('build');
  expect(await content(image)).toBe(first);
  await forget();
  store.write({ app: built(image, { dockerfile_inline: random }) });
  await tcompose('build');
  expect(await content(image)).not.toBe(first);
});

it('an image of another service is a context, whatever it is built for', async () => {
  const base = { dockerfile_inline: COPY, platforms: BOTH };
  const top = {
    dockerfile_inline: 'FROM base\nCOPY --from=base /note /copy\n',
    additional_contexts: { base: 'service:base' },
    platforms: BOTH,
  };
  store.write({ top: built('tcstore-top', top), base: built('tcstore-base', base) });
  await tcompose('build', 'top');
  expect(parts(await store.image('tcstore-top')).slice(0, 2)).toEqual([
    'image amd64',
    'image arm64',
  ]);
});
