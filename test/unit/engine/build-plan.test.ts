import { describe, expect, it } from 'vitest';
import { buildProject, onlyBuild, plan } from './builds.ts';

const at = (context: string, contexts: Record<string, string> = {}) => ({
  build: { context, additional_contexts: contexts },
});

describe('what is built', () => {
  it('is every service that can be, by default', () => {
    const project = buildProject({ b: at('/b'), a: at('/a'), c: { image: 'c' } });
    expect(plan(project).builds.map(({ image }) => image)).toEqual(['p-a', 'p-b']);
  });

  it('includes images that the chosen ones are built from, first', () => {
    const project = buildProject({
      a: at('/a', { base: 'service:z' }),
      z: at('/z', { root: 'service:y' }),
      y: at('/y'),
      other: at('/other'),
    });
    expect(plan(project, { services: ['a'] }).builds.map(({ service }) => service)).toEqual([
      'y',
      'z',
      'a',
    ]);
  });

  it('includes dependencies when asked to', () => {
    const depends_on = { db: { condition: 'service_started', required: true } } as const;
    const project = buildProject({ web: { ...at('/w'), depends_on }, db: at('/d') });
    expect(plan(project, { services: ['web'] }).builds).toHaveLength(1);
    expect(plan(project, { services: ['web'], dependencies: true }).builds).toHaveLength(2);
  });

  it('finds needed images among disabled services', () => {
    const disabledServices = { base: { name: 'base', ...at('/base') } };
    const project = buildProject({ web: at('/w', { base: 'service:base' }) }, { disabledServices });
    expect(plan(project).builds.map(({ service }) => service)).toEqual(['base', 'web']);
  });

  it('builds one image of several services once, when they build it alike', () => {
    const same = { image: 'app', ...at('/app') };
    const project = buildProject({ a: same, b: same, c: { image: 'app', ...at('/else') } });
    const { builds, shared } = plan(project);
    expect(builds.map(({ service }) => service)).toEqual(['a', 'c']);
    expect(shared).toEqual({ b: 'a' });
    const all = plan(project, { keepTwins: true });
    expect(all.builds.map(({ service }) => service)).toEqual(['a', 'b', 'c']);
    expect(all.shared).toEqual({});
  });

  it.each([
    [{ a: at('/a', { x: 'service:b' }), b: at('/b', { x: 'service:a' }) }, 'a -> b -> a'],
    [{ a: at('/a', { x: 'service:b' }), b: { image: 'b' } }, 'needs a service that is built'],
    [{ a: at('/a', { x: 'service:b' }) }, 'no such service: b'],
  ])('refuses contexts that cannot be had', (services, reason) => {
    expect(() => plan(buildProject(services))).toThrow(reason);
  });
});

describe('a build', () => {
  it('takes arguments from flags, then the file, then the environment, then proxies', () => {
    const args = { A: 'file', B: 'file', C: null, D: null };
    const project = buildProject({ web: { build: { args } } }, { environment: { C: 'env' } });
    const options = { args: { A: 'flag', E: null }, proxies: { B: 'proxy', HTTP_PROXY: 'proxy' } };
    expect(plan(project, options).builds[0]?.args).toEqual({
      A: 'flag',
      B: 'file',
      C: 'env',
      D: null,
      E: null,
      HTTP_PROXY: 'proxy',
    });
  });

  it('carries the labels of Compose and the name of the service last', () => {
    const labels = { 'com.docker.compose.project': 'forged', mine: 'x' };
    const build = onlyBuild({ labels, tags: ['t:1'] }, { separator: '_' });
    expect(build.tags).toEqual(['t:1', 'p_web']);
    expect(build.labels).toEqual({
      mine: 'x',
      'com.docker.compose.project': 'p',
      'com.docker.compose.service': 'web',
      'com.docker.compose.version': '5.0.0',
    });
  });

  it.each([
    [{}, false, []],
    [{ platforms: ['a', 'b'] }, false, ['a', 'b']],
    [{ platforms: ['a', 'b'] }, true, []],
    [{ platform: 'b', platforms: ['a', 'b'] }, true, ['b']],
    [{ platform: 'b', platforms: ['a', 'b'] }, false, ['a', 'b']],
    [{ platform: 'b' }, false, ['b']],
    [{ fallback: 'd' }, true, ['d']],
    [{ fallback: 'd', platform: 'b' }, true, ['b']],
  ])('for %j, single: %s, has platforms %j', (given, singlePlatform, wanted) => {
    const { platform, platforms, fallback } = given as Record<string, never>;
    const service = {
      build: platforms === undefined ? {} : { platforms },
      ...(platform === undefined ? {} : { platform }),
    };
    const environment = fallback === undefined ? {} : { DOCKER_DEFAULT_PLATFORM: fallback };
    const project = buildProject({ web: service }, { environment });
    expect(plan(project, { singlePlatform }).builds[0]?.platforms).toEqual(wanted);
  });

  it('refuses a platform that it is not made for', () => {
    const service = { platform: 'linux/arm64', build: { platforms: ['linux/amd64'] } };
    expect(() => plan(buildProject({ web: service }))).toThrow(
      'service "web" build configuration does not support platform: linux/arm64',
    );
    const environment = { DOCKER_DEFAULT_PLATFORM: 'linux/arm64' };
    const other = buildProject({ web: { build: { platforms: ['linux/amd64'] } } }, { environment });
    expect(() => plan(other)).toThrow('set by DOCKER_DEFAULT_PLATFORM: linux/arm64');
  });
});
