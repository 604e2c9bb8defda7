import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ContainerdStore } from '../../support/containerd-store.ts';
import { type Finished } from '../../support/command.ts';

/** A change of the image is told by what it is known by: twelve characters of its id. */
const CHANGED = /image changed: [0-9a-f]{12} → [0-9a-f]{12}/;

let store: ContainerdStore;

beforeAll(async () => {
  store = await ContainerdStore.open();
});

afterAll(() => store[Symbol.asyncDispose]());

afterEach(async () => {
  await tcompose('down', '-t', '0');
});

/** Runs tcompose, which has to succeed. */
async function tcompose(...args: string[]): Promise<Finished> {
  const done = await store.tcompose(args);
  if (done.code !== 0) throw new Error(done.stderr);
  return done;
}

/** What the plan for `up` says; empty when there is nothing to do. */
const plan = async (): Promise<string> => (await tcompose('plan')).stdout;

const name = (path: string): string => `${store.registry.address}/${path}`;

/** A service whose image has a note in it. */
const noted = (note: string, image = 'tcstore-noted') => ({
  image,
  build: { dockerfile_inline: `FROM test-idle\nRUN echo ${note} > /note` },
});

async function label(service: string): Promise<string> {
  const container = await store.api.inspect(`tcstore-${service}-1`);
  return container?.Config.Labels['com.docker.compose.image'] ?? '';
}

/** Digest of what an image runs, of this machine's platform. */
async function content(reference: string): Promise<string> {
  const { Manifests } = await store.image(reference);
  const [own, ...others] = Manifests.filter(({ Kind, Available }) => Kind === 'image' && Available);
  if (own === undefined || others.length > 0) throw new Error(`${reference} is not one image`);
  return own.ID;
}

describe('on a store that keeps manifests', () => {
  it('a second up leaves everything as it is', async () => {
    store.write({ flat: { image: 'test-idle' }, built: noted('same') });
    await tcompose('up', '-d');
    const first = await store.containers();
    expect(Object.keys(first).toSorted()).toEqual(['built', 'flat']);
    expect((await store.image('tcstore-noted')).Id).not.toBe(await content('tcstore-noted'));
    expect(await plan()).not.toMatch(/recreate|image changed/);
    await tcompose('up', '-d');
    expect(await store.containers()).toEqual(first);
  });

  it('an image that was built again with the same content leaves its container alone', async () => {
    store.write({ built: noted('same') });
    await tcompose('up', '-d');
    const [containers, image, was] = [
      await store.containers(),
      await store.image('tcstore-noted'),
      await content('tcstore-noted'),
    ];
    await tcompose('up', '-d', '--build');
    expect((await store.image('tcstore-noted')).Id).not.toBe(image.Id);
    expect(await content('tcstore-noted')).toBe(was);
    expect(await store.containers()).toEqual(containers);
  });

  it('an image that was built anew recreates its container, and says so', async () => {
    store.write({ flat: { image: 'test-idle' }, built: noted('one') });
    await tcompose('up', '-d', '--build');
    const before = await store.containers();
    store.write({ flat: { image: 'test-idle' }, built: noted('two') });
    await tcompose('build');
    expect(await plan()).toMatch(CHANGED);
    await tcompose('up', '-d');
    const after = await store.containers();
    expect(after['flat']).toBe(before['flat']);
    expect(after['built']).not.toBe(before['built']);
    expect(await store.api.execute(after['built'] ?? '', ['cat', '/note'])).toBe('two\n');
    expect(await plan()).not.toMatch(CHANGED);
  });

  it('an image that got another name recreates its container, forth and back', async () => {
    await store.tag('test-idle', 'tcstore-named');
    store.write({ web: { image: 'tcstore-named' } });
    await tcompose('up', '-d');
    for (const image of ['test-volume', 'test-idle']) {
      const { web: was } = await store.containers();
      await store.tag(image, 'tcstore-named');
      expect(await plan()).toMatch(CHANGED);
      await tcompose('up', '-d');
      expect((await store.containers())['web']).not.toBe(was);
    }
  });

  it('images tells what Compose tells', async () => {
    store.write({ flat: { image: 'test-idle' }, built: noted('same') });
    await tcompose('up', '-d');
    const rows = ({ stdout }: Finished): object[] =>
      (JSON.parse(stdout) as { readonly ContainerName: string; readonly Created?: string }[])
        // Releases before 5 do not tell it.
        .map(({ Created: _created, ...row }) => row)
        .toSorted((a, b) => (a.ContainerName < b.ContainerName ? -1 : 1));
    const ours = rows(await tcompose('images', '--format', 'json'));
    expect(ours).toEqual(rows(await store.compose('images', '--format', 'json')));
    expect(ours).toMatchObject([{ ID: (await store.image('tcstore-noted')).Id }, {}]);
  });
});

describe('a registry beside it', () => {
  /** Publishes two builds under one name; locally it is the first one. */
  async function publishTwo(image: string): Promise<void> {
    const [repository, tag] = [image.slice(0, -2), image.slice(-1)];
    store.write({ web: noted('one', image) });
    await tcompose('build', '--push');
    const { Id } = await store.image(image);
    await store.tag(Id, `${repository}-kept`, tag);
    store.write({ web: noted('two', image) });
    await tcompose('build', '--push');
    await store.tag(Id, repository, tag);
  }

  const note = async (): Promise<string> =>
    store.api.execute('tcstore-web-1', ['cat', '/note']).then((text) => text.trim());

  it.each([
    ['missing', 'one'],
    ['never', 'one'],
    ['weekly', 'one'],
    ['always', 'two'],
    ['every_1ms', 'two'],
  ])('has a newer image: with policy %s the container runs %s', async (policy, expected) => {
    const image = name(`policy-${policy.replace('_', '-')}:1`);
    await publishTwo(image);
    store.write({ web: { image } });
    await tcompose('up', '-d');
    expect(await note()).toBe('one');
    const { web: was } = await store.containers();
    store.write({ web: { image, pull_policy: policy } });
    const { stderr } = await tcompose('up', '-d');
    expect(stderr.includes('Pulled')).toBe(expected === 'two');
    expect(await note()).toBe(expected);
    const { web: is } = await store.containers();
    expect(is === was).toBe(expected === 'one');
    await tcompose('up', '-d');
    expect((await store.containers())['web']).toBe(is);
  });

  it('gives a newer image to pull, and the next up takes it', async () => {
    const image = name('explicit:1');
    await publishTwo(image);
    store.write({ web: { image } });
    await tcompose('up', '-d');
    await tcompose('pull');
    expect(await plan()).toMatch(CHANGED);
    await tcompose('up', '-d');
    expect(await note()).toBe('two');
  });

  it('is given an image whole, with what the builder attests', async () => {
    const image = name('pushed:1');
    store.write({ web: noted('pushed', image) });
    await tcompose('build');
    await tcompose('push');
    const local = await store.image(image);
    const { manifests } = await store.published(image);
    expect(manifests.map(({ digest }) => digest)).toEqual(local.Manifests.map(({ ID }) => ID));
    expect(manifests[1]?.annotations?.['vnd.docker.reference.type']).toBe('attestation-manifest');
    await store.api.ask('DELETE', `/images/${image}?force=1`);
    await tcompose('pull');
    expect((await store.image(image)).Id).toBe(local.Id);
    const pinned = await tcompose('config', '--resolve-image-digests');
    expect(pinned.stdout).toContain(`${image}@${local.Id}`);
  });
});

describe('taking over', () => {
  const services = {
    flat: { image: 'test-idle' },
    built: noted('shared'),
    mounting: {
      image: 'test-idle',
      volumes: [{ type: 'image', source: 'tcstore-noted', target: '/mounted' }],
    },
  };

  it('a project that Compose started touches nothing', async () => {
    store.write(services);
    await store.compose('up', '-d');
    const before = await store.containers();
    expect(Object.keys(before)).toHaveLength(3);
    await tcompose('up', '-d');
    expect(await store.containers()).toEqual(before);
  });

  it('by Compose what tcompose started touches nothing', async () => {
    store.write(services);
    await tcompose('up', '-d');
    const before = await store.containers();
    expect(await label('built')).toBe((await store.image('tcstore-noted')).Id);
    await store.compose('up', '-d');
    expect(await store.containers()).toEqual(before);
  });

  it('goes back and forth after one of them built a new image', async () => {
    store.write(services);
    await tcompose('up', '-d');
    store.write({ ...services, built: noted('newer') });
    await tcompose('up', '-d', '--build', 'built');
    const before = await store.containers();
    await store.compose('up', '-d');
    expect((await store.containers())['built']).toBe(before['built']);
  });
});

describe('where Compose 5.4 or newer is installed', () => {
  /** A Compose that only tells its version, where docker looks first. */
  function install(version: string): Readonly<Record<string, string>> {
    const plugins = join(store.folder, 'newer/cli-plugins');
    mkdirSync(plugins, { recursive: true });
    const metadata = JSON.stringify({ Vendor: 'Docker Inc.', Version: version });
    const program = join(plugins, 'docker-compose');
    writeFileSync(program, `#!/bin/sh\necho '${metadata}'\n`);
    chmodSync(program, 0o755);
    return { DOCKER_CONFIG: join(store.folder, 'newer') };
  }

  it('containers are labelled with the content of their image, and any tcompose knows them', async () => {
    store.write({ built: noted('labelled') });
    await tcompose('build');
    const env = install('v5.5.0');
    expect(await store.tcompose(['up', '-d'], env)).toMatchObject({ code: 0 });
    expect(await label('built')).toBe(await content('tcstore-noted'));
    const before = await store.containers();
    await tcompose('up', '-d');
    expect(await store.containers()).toEqual(before);
    rmSync(env['DOCKER_CONFIG'] ?? '', { recursive: true });
  });
});
