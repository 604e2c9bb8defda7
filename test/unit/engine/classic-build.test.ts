import { describe, expect, it } from 'vitest';
import type { Build, Service } from '../../../src/compose/model.ts';
import { runInOrder } from '../../../src/engine/build/build-order.ts';
import { classicQuery } from '../../../src/engine/build/classic.ts';
import { checkClassicSupport, imageContexts } from '../../../src/engine/build/classic-support.ts';
import { buildProject, onlyBuild, plan } from './builds.ts';

describe('the query of the classic builder', () => {
  it('has only what the build says', () => {
    const { labels, ...query } = classicQuery(onlyBuild({}), { dockerfile: 'Dockerfile' });
    expect(JSON.parse(String(labels))).toMatchObject({
      'com.docker.compose.service': 'web',
      'com.docker.compose.image.builder': 'classic',
    });
    const given = Object.entries(query).filter(([, value]) => value !== undefined);
    expect(Object.fromEntries(given)).toEqual({
      t: ['p-web'],
      dockerfile: 'Dockerfile',
      rm: true,
      forcerm: true,
      buildargs: '{}',
    });
  });

  it('has everything the build says', () => {
    const build: Build = {
      tags: ['a:1'],
      args: { A: '1', B: null },
      no_cache: true,
      pull: true,
      cache_from: ['x'],
      extra_hosts: { h: ['1', '2'] },
      network: 'host',
      target: 'stage',
      shm_size: 5,
      ulimits: { nproc: { single: 3 }, nofile: { soft: 1, hard: 2 } },
      platforms: ['linux/arm64'],
      isolation: 'default',
    };
    expect(
      classicQuery(onlyBuild(build), { dockerfile: 'D', remote: 'u', memory: 7 }),
    ).toMatchObject({
      t: ['a:1', 'p-web'],
      buildargs: '{"A":"1","B":null}',
      nocache: true,
      pull: 'true',
      cachefrom: '["x"]',
      extrahosts: ['h:1', 'h:2'],
      networkmode: 'host',
      target: 'stage',
      shmsize: 5,
      ulimits: '[{"Name":"nproc","Soft":3,"Hard":3},{"Name":"nofile","Soft":1,"Hard":2}]',
      platform: 'linux/arm64',
      isolation: 'default',
      remote: 'u',
      memory: 7,
    });
  });
});

describe('what the classic builder cannot do', () => {
  it.each<[string, Build]>([
    ['platforms', { platforms: ['a', 'b'] }],
    ['privileged', { privileged: true }],
    ['entitlements', { entitlements: ['network.host'] }],
    ['ssh', { ssh: { default: '' } }],
    ['secrets', { secrets: [{ source: 's' }] }],
    ['additional_contexts', { additional_contexts: { docs: '/docs' } }],
  ])('is refused with the key %s', (key, build) => {
    expect(() => checkClassicSupport(onlyBuild(build))).toThrow(`service "web": build.${key}: `);
  });

  it('is told when it does not matter much', () => {
    const build = { cache_to: ['x'], provenance: 'mode=max', sbom: 'false' };
    expect(checkClassicSupport(onlyBuild(build))).toEqual([
      'service "web": build.cache_to is ignored by the classic builder',
      'service "web": build.provenance is ignored by the classic builder',
    ]);
  });

  it('does not include contexts that are images', () => {
    const additional_contexts = { base: 'service:db', os: 'docker-image://debian:12' };
    const project = buildProject({ web: { build: { additional_contexts } }, db: { build: {} } });
    const web = plan(project).builds.find(({ service }) => service === 'web');
    if (web === undefined) throw new Error('web is not built');
    expect(checkClassicSupport(web)).toEqual([]);
    expect(imageContexts(web, (service) => `p-${service}`)).toEqual({
      base: 'p-db',
      os: 'debian:12',
    });
  });
});

const on = (name: string): NonNullable<Service['depends_on']> => ({
  [name]: { condition: 'service_started', required: true },
});

describe('builds that need each other', () => {
  const project = buildProject({
    base: { build: {} },
    one: { build: { additional_contexts: { b: 'service:base' } } },
    two: { build: { additional_contexts: { b: 'service:base' } } },
  });
  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  it('run after what they need, the rest side by side', async () => {
    const gates = new Map<string, PromiseWithResolvers<void>>();
    const all = runInOrder(
      plan(project).builds,
      Infinity,
      ({ service }) => {
        const gate = Promise.withResolvers<void>();
        gates.set(service, gate);
        return gate.promise;
      },
      new AbortController().signal,
    );
    await settle();
    expect([...gates.keys()]).toEqual(['base']);
    gates.get('base')?.resolve();
    await settle();
    expect([...gates.keys()]).toEqual(['base', 'one', 'two']);
    gates.get('one')?.resolve();
    gates.get('two')?.resolve();
    await all;
  });

  it.each<readonly [string, Parameters<typeof buildProject>[0], readonly string[]]>([
    [
      'the services that theirs depends on',
      { a: { build: {}, depends_on: on('z') }, z: { build: {} } },
      ['z', 'a'],
    ],
    [
      'those as well when services without a build stand between',
      {
        a: { build: {}, depends_on: on('between') },
        between: { image: 'x', depends_on: on('z') },
        z: { build: {} },
      },
      ['z', 'a'],
    ],
    [
      'the one that makes the image of a dependency in its place',
      {
        a: { build: {}, depends_on: on('z') },
        y: { image: 'same', build: { context: '/c' } },
        z: { image: 'same', build: { context: '/c' } },
      },
      ['y', 'a'],
    ],
    [
      'what they are built from, rather than the services that theirs depends on',
      {
        a: { build: { additional_contexts: { b: 'service:m' } } },
        m: { build: { additional_contexts: { b: 'service:z' } } },
        z: { build: {}, depends_on: on('a') },
      },
      ['z', 'm', 'a'],
    ],
  ])('run after %s', async (_what, services, expected) => {
    const begun: string[] = [];
    await runInOrder(
      plan(buildProject(services)).builds,
      Infinity,
      async ({ service }) => {
        begun.push(service);
        await settle();
      },
      new AbortController().signal,
    );
    expect(begun).toEqual(expected);
  });

  it('do not run when what they need has failed', async () => {
    const begun: string[] = [];
    const all = runInOrder(
      plan(project).builds,
      1,
      async ({ service }) => {
        begun.push(service);
        throw new Error(`${service} is broken`);
      },
      new AbortController().signal,
    );
    await expect(all).rejects.toThrow('base is broken');
    expect(begun).toEqual(['base']);
  });

  it('end with the reason of an abort', async () => {
    const stop = new AbortController();
    const all = runInOrder(
      plan(project).builds,
      2,
      async (_build, signal) => {
        stop.abort(new Error('interrupted'));
        signal.throwIfAborted();
      },
      stop.signal,
    );
    await expect(all).rejects.toThrow('interrupted');
  });
});
