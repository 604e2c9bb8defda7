import { describe, expect, it } from 'vitest';
import type { Build } from '../../../src/compose/model.ts';
import { bakeFile, type BakeOptions } from '../../../src/engine/build/bake-file.ts';
import { buildProject, plan } from './builds.ts';

const plain: BakeOptions = { push: false, check: false, realDirectory: (path) => path };

/** The target that a service with this build becomes, without labels. */
function target(build: Build, more: { options?: Partial<BakeOptions>; image?: string } = {}) {
  const project = buildProject(
    { web: { build, ...(more.image === undefined ? {} : { image: more.image }) } },
    {
      secrets: { key: { environment: 'KEY' }, cert: { file: '/certs/c' } },
      environment: { KEY: 'k' },
    },
  );
  const bake = bakeFile(project, plan(project).builds, { ...plain, ...more.options });
  const { labels: _, ...rest } = bake.file.target.web ?? {};
  return { ...bake, target: rest };
}

describe('bake files', () => {
  it('leave out what is not set', () => {
    expect(target({ context: '/src' }).target).toEqual({
      context: '/src',
      tags: ['p-web'],
      output: ['type=docker'],
    });
  });

  it.each<[string, Build, object]>([
    ['the Dockerfile', { dockerfile: 'docker/D' }, { dockerfile: '/src/docker/D' }],
    [
      'a Dockerfile by the shortest path',
      { dockerfile: './a/../docker//D' },
      { dockerfile: '/src/docker/D' },
    ],
    ['an absolute Dockerfile', { dockerfile: '/d/D' }, { dockerfile: '/d/D' }],
    [
      'an inline Dockerfile, escaped',
      { dockerfile_inline: 'RUN echo ${A}$B' },
      { 'dockerfile-inline': 'RUN echo $${A}$B' },
    ],
    [
      'arguments, escaped and sorted',
      { args: { b: '${x}', a: '1', c: null } },
      { args: { a: '1', b: '$${x}' } },
    ],
    ['a remote Dockerfile', { context: 'https://h/r.git', dockerfile: 'D' }, { dockerfile: 'D' }],
    ['shared memory', { shm_size: 1024 }, { 'shm-size': '1024' }],
    [
      'limits',
      { ulimits: { nproc: { single: 5 }, nofile: { soft: 1, hard: 2 } } },
      { ulimits: ['nproc=5', 'nofile=1:2'] },
    ],
    [
      'limits that are off or unlimited',
      { ulimits: { core: { single: 0 }, memlock: { single: -1 } } },
      { ulimits: ['core=0:0', 'memlock=-1'] },
    ],
    ['hosts', { extra_hosts: { h: ['1', '2'] } }, { 'extra-hosts': { h: '1,2' } }],
    ['keys', { ssh: { default: '', k: '/k' } }, { ssh: ['default=', 'k=/k'] }],
    [
      'secrets',
      { secrets: [{ source: 'key', target: 'k' }, { source: 'cert' }] },
      { secret: ['id=k,type=env,env=KEY', 'id=cert,type=file,src=/certs/c'] },
    ],
    ['privileges', { privileged: true }, { entitlements: ['security.insecure'] }],
    [
      'attestations',
      { provenance: 'mode=max', sbom: 'true' },
      { attest: ['type=provenance,mode=max', 'type=sbom'] },
    ],
    ['attestations switched off', { provenance: 'false' }, {}],
    [
      'caches',
      { cache_from: ['a'], cache_to: ['b'], no_cache_filter: ['c'], no_cache: true, pull: true },
      {
        'cache-from': ['a'],
        'cache-to': ['b'],
        'no-cache-filter': ['c'],
        'no-cache': true,
        pull: true,
      },
    ],
    [
      'several platforms',
      { platforms: ['a', 'b'] },
      { platforms: ['a', 'b'], output: ['type=image,push=false'] },
    ],
  ])('have %s', (_title, build, wanted) => {
    expect(target({ context: '/src', ...build }).target).toMatchObject(wanted);
  });

  it('push only images that have a name of their own', () => {
    const options = { push: true };
    expect(target({}, { options }).target.output).toEqual(['type=docker']);
    expect(target({}, { options, image: 'r/app' }).target.output).toEqual(['type=registry']);
    const several = target({ platforms: ['a', 'b'] }, { options, image: 'r/app' });
    expect(several.target.output).toEqual(['type=image,push=true']);
  });

  it('only check when asked to', () => {
    expect(target({}, { options: { check: true } }).target).toMatchObject({ call: 'lint' });
    expect(target({}, { options: { check: true } }).target.output).toBeUndefined();
  });

  it('allow what builds read and the privileges they ask for', () => {
    const found = target({
      context: '/src',
      additional_contexts: { docs: '/docs', img: 'docker-image://x', git: 'https://h/r.git' },
      entitlements: ['security.insecure'],
      secrets: [{ source: 'key' }],
    });
    expect(found.allow).toEqual(['fs.read=/src', 'fs.read=/docs', 'security.insecure']);
    expect(found.env).toEqual({ KEY: 'k' });
  });

  it('read the Dockerfile through no symbolic link', () => {
    const options = { realDirectory: (path: string) => path.replace('/link', '/real') };
    expect(target({ context: '/link', dockerfile: 'D' }, { options }).target.dockerfile).toBe(
      '/real/D',
    );
  });

  it('refer to other services by their targets, whose names have no dots', () => {
    const project = buildProject({
      'a.b': { build: { context: '/x' } },
      a_b: { build: { context: '/y', additional_contexts: { base: 'service:a.b' } } },
    });
    const { file, targets } = bakeFile(project, plan(project).builds, plain);
    expect(targets).toEqual({ 'a.b': 'a_b', a_b: 'a_b_' });
    expect(file.target.a_b_?.contexts).toEqual({ base: 'target:a_b' });
    expect(file.group.default.targets).toEqual(['a_b', 'a_b_']);
  });

  it('describe more services than they build by default', () => {
    const project = buildProject({ web: { build: {} }, dep: { build: {} } });
    const options = { ...plain, group: new Set(['web']) };
    const { file } = bakeFile(project, plan(project).builds, options);
    expect(file.group.default.targets).toEqual(['web']);
    expect(Object.keys(file.target)).toEqual(['dep', 'web']);
  });
});
