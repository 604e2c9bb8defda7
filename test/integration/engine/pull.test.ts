import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectEngine, type Engine } from '../../../src/engine/engine.ts';
import type { ProgressEvent } from '../../../src/engine/event.ts';
import { pullImages, type PullManyOptions } from '../../../src/engine/pull/pull.ts';
import type { ImagePull } from '../../../src/engine/pull/pull-selection.ts';
import { createRegistryAuth, type RegistryConfig } from '../../../src/engine/pull/registry-auth.ts';
import { startRegistry, type TestRegistry } from '../../support/registry.ts';
import { engineApi, engineSocket, enterEngineNetwork } from '../../support/test-engine.ts';

const { signal } = new AbortController();
let engine: Engine;
let registry: TestRegistry;

beforeAll(async () => {
  engine = await connectEngine({ kind: 'unix', path: engineSocket, origin: 'test' }, { signal });
  registry = await startRegistry(enterEngineNetwork, 5901);
});

afterAll(async () => {
  engine.close();
  await registry[Symbol.asyncDispose]();
});

interface Pulled {
  readonly events: readonly ProgressEvent[];
  /** `Image … Pulling`, without layers. */
  readonly lines: readonly string[];
  readonly error: unknown;
}

async function pull(
  names: readonly (string | ImagePull)[],
  more: Partial<PullManyOptions> & { readonly config?: RegistryConfig } = {},
): Promise<Pulled> {
  const events: ProgressEvent[] = [];
  const pulls = names.map((name) =>
    typeof name === 'string' ? { image: name, service: 'web', buildable: false } : name,
  );
  const never = (): never => {
    throw new Error('no helper is configured');
  };
  const error: unknown = await pullImages(
    engine.client,
    {
      pulls,
      auth: createRegistryAuth(more.config ?? {}, { run: never }),
      quiet: false,
      parallel: Infinity,
      ignoreFailures: false,
      ...more,
    },
    (event) => events.push(event),
    signal,
  ).catch((reason: unknown) => reason);
  const lines = events.flatMap((event) => {
    if (event.type === 'message') return [`${event.level}: ${event.text}`];
    return event.progress.parentId === undefined
      ? [`${event.progress.id} ${event.progress.text}`]
      : [];
  });
  return { events, lines, error };
}

const remove = (image: string): Promise<unknown> =>
  engineApi.call('DELETE', `/images/${image}?force=1`);
const isThere = async (image: string): Promise<boolean> =>
  (await engineApi.call('GET', `/images/${image}/json`)).status === 200;

describe('pulling', () => {
  it('fetches an image and tells of its layers', async () => {
    const image = `${registry.address}/app:1`;
    await remove(image);
    const { lines, events, error } = await pull([image]);
    expect(error).toBeUndefined();
    expect(lines).toEqual([`Image ${image} Pulling`, `Image ${image} Pulled`]);
    expect(await isThere(image)).toBe(true);
    const layers = events.flatMap((event) =>
      event.type === 'progress' && event.progress.parentId !== undefined ? [event.progress] : [],
    );
    expect(layers.at(-1)).toMatchObject({
      parentId: `Image ${image}`,
      text: 'Pull complete',
      status: 'done',
    });
    await remove(image);
  });

  it('tells of images only when quiet', async () => {
    const image = `${registry.address}/quiet`;
    const { events } = await pull([image], { quiet: true });
    expect(events).toHaveLength(2);
    await remove(image);
  });

  it('logs in with what the configuration has', async () => {
    await using locked = await startRegistry(enterEngineNetwork, 5903, 'login');
    const image = `${locked.address}/app:1`;
    expect((await pull([image])).error).toMatchObject({
      kind: 'unauthorized',
      message: expect.stringContaining('Error response from daemon: '),
      hint: expect.stringContaining(`docker login ${locked.address}`),
    });
    const auth = Buffer.from('bob:secret').toString('base64');
    const config = { auths: { [locked.address]: { auth } } };
    expect((await pull([image], { config })).error).toBeUndefined();
    await remove(image);
  });

  it('says which tag is missing', async () => {
    const image = `${registry.address}/app:none`;
    const { error, lines } = await pull([image]);
    expect(error).toMatchObject({
      kind: 'not-found',
      hint: expect.stringContaining('check the tag'),
    });
    expect(lines).toEqual([`Image ${image} Pulling`, `Image ${image} Error`]);
  });

  it('says that a registry cannot be reached', async () => {
    const { error } = await pull(['127.0.0.1:5902/app']);
    expect(error).toMatchObject({
      kind: 'failed',
      hint: expect.stringContaining('cannot reach 127.0.0.1:5902'),
    });
  });

  it('says that a registry limits pulls', async () => {
    const { error } = await pull([`${registry.address}/limited:1`]);
    expect(error).toMatchObject({
      kind: 'unauthorized',
      hint: expect.stringContaining(`${registry.address} limits pulls without login`),
    });
  });

  it('says that what answers is no registry', async () => {
    const { error } = await pull([`${registry.address}/rubbish:1`]);
    expect(error).toMatchObject({
      kind: 'failed',
      hint: expect.stringContaining(`${registry.address} answered with something that is no image`),
    });
  });

  it('goes on without what is to be ignored', async () => {
    const good = `${registry.address}/good:1`;
    const { error } = await pull([`${registry.address}/absent:1`, good], { ignoreFailures: true });
    expect(error).toBeUndefined();
    expect(await isThere(good)).toBe(true);
    await remove(good);
  });

  it('has as many under way as it may', async () => {
    const names = ['one', 'two', 'three'].map((path) => `${registry.address}/${path}:1`);
    const { lines } = await pull(names, { parallel: 1 });
    expect(lines).toEqual(
      names.flatMap((image) => [`Image ${image} Pulling`, `Image ${image} Pulled`]),
    );
    for (const image of names) await remove(image);
  });

  it('pulls the rest when an image can be built instead, and says so', async () => {
    const good = `${registry.address}/rest:1`;
    const missing = { image: `${registry.address}/absent:1`, service: 'app', buildable: true };
    const { error, lines } = await pull([missing, good], { parallel: 1 });
    expect(error).toMatchObject({ kind: 'not-found' });
    expect(await isThere(good)).toBe(true);
    expect(lines.at(-1)).toBe(
      'warning: Some service image(s) must be built from source by running:\n    docker compose build app',
    );
    await remove(good);
  });
});
