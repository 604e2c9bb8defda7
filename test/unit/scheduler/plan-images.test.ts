import { describe, expect, it } from 'vitest';
import { formatPlan } from '../../../src/scheduler/format-plan.ts';
import type { ObservedImage } from '../../../src/scheduler/observed.ts';
import {
  planImages,
  withBuildContexts,
  type ImageOptions,
} from '../../../src/scheduler/plan-images.ts';
import { parsePullPolicy } from '../../../src/scheduler/pull-policy.ts';
import { image, nothing, project, type ServiceSample } from './sample.ts';

const HOUR = 60 * 60 * 1000;
const NOW = 1000 * HOUR;
const plain: ImageOptions = { build: false, noBuild: false, now: NOW, separator: '-' };
const present = { ...image('aaaa'), lastTagged: NOW - 30 * HOUR };

function images(
  services: Readonly<Record<string, ServiceSample>>,
  local: Readonly<Record<string, ObservedImage>> = {},
  options: Partial<ImageOptions> = {},
): string {
  const observed = { ...nothing, images: new Map(Object.entries(local)) };
  const result = planImages(project(services), observed, { ...plain, ...options });
  return result.ok
    ? formatPlan(result.value).trimEnd()
    : result.error.map(({ message }) => message).join('\n');
}

describe('images for up', () => {
  it.each<[string, string | undefined, boolean, string | undefined]>([
    ['missing', undefined, false, 'not found'],
    ['missing', undefined, true, undefined],
    ['missing', 'missing', false, 'not found'],
    ['if_not_present', 'if_not_present', true, undefined],
    ['always', 'always', true, 'pull policy is always'],
    ['never', 'never', false, undefined],
    ['build', 'build', false, undefined],
    ['daily, due', 'daily', true, 'refresh is due (daily)'],
    ['weekly, not due', 'weekly', true, undefined],
    ['every_29h, due', 'every_29h', true, 'refresh is due (every_29h)'],
    ['every_1d12h, not due', 'every_1d12h', true, undefined],
    ['every_1w without image', 'every_1w', false, 'not found'],
  ])('%s: policy %s, local %s gives %s', (_name, policy, local, cause) => {
    const service = { image: 'app', ...(policy === undefined ? {} : { pull_policy: policy }) };
    const text = images({ web: service }, local ? { app: present } : {});
    expect(text).toBe(cause === undefined ? '' : `[] -> #1 image:app, pull-image, ${cause}`);
  });

  it('are pulled once for all services that use them', () => {
    expect(images({ a: {}, b: {} })).toBe('[] -> #1 image:app, pull-image, not found');
  });

  it('follow --pull instead of the policies of services', () => {
    expect(images({ a: { pull_policy: 'never' } }, {}, { pull: 'always' })).toContain('always');
    expect(images({ a: { pull_policy: 'always' } }, {}, { pull: 'never' })).toBe('');
  });

  it('are built when they are missing and have no name to pull', () => {
    const own = { build: { context: '/x' } };
    const of = project({ web: own });
    const { image: _, ...service } = of.services['web'] ?? { name: 'web' };
    const built = { ...of, services: { web: service } };
    const plan = planImages(built, nothing, plain);
    expect(plan.ok && formatPlan(plan.value)).toBe(
      '[] -> #1 image:p-web, build-images, not found\n',
    );
    const there = { ...nothing, images: new Map([['p-web', present]]) };
    expect(planImages(built, there, plain)).toMatchObject({ value: { steps: [] } });
  });

  it('are pulled first and built where that fails, if they can be both', () => {
    const service = { image: 'app', build: { context: '/x' } };
    const result = planImages(project({ web: service }), { ...nothing, images: new Map() }, plain);
    expect(result.ok && result.value.steps.map(({ action, after }) => [action, after])).toEqual([
      [{ kind: 'pull-image', service: 'web', image: 'app', optional: true }, []],
      [{ kind: 'build-images', services: ['web'], ifMissing: ['web'] }, [1]],
    ]);
  });

  it('may be there when the pull fails, also if nothing is to be built', () => {
    const service = { image: 'app', build: { context: '/x' } };
    const options = { ...plain, noBuild: true, pull: 'always' };
    const images = new Map([['app', present]]);
    const result = planImages(project({ web: service }), { ...nothing, images }, options);
    expect(result).toMatchObject({
      value: { steps: [{ action: { kind: 'pull-image', image: 'app', optional: true } }] },
    });
  });

  it('may use a build of another service for the same name', () => {
    const text = images({ a: { image: 'app' }, b: { image: 'app', build: { context: '/x' } } });
    expect(text).toBe(
      '[] -> #1 image:app, pull-image, not found\n[1] -> #2 image:app, build-images, if it cannot be pulled',
    );
  });

  it('are built with --build although they are there, and not with --no-build', () => {
    const service = { image: 'app', build: { context: '/x' } };
    expect(images({ web: service }, { app: present }, { build: true })).toBe(
      '[] -> #1 image:app, build-images, build was asked for',
    );
    expect(images({ web: service }, {}, { noBuild: true })).toBe(
      '[] -> #1 image:app, pull-image, not found',
    );
  });

  it('include those that are mounted and those of pre_start hooks', () => {
    const text = images(
      {
        web: {
          pull_policy: 'build',
          build: { context: '/x' },
          volumes: [
            { type: 'image', source: 'data', target: '/d' },
            { type: 'image', source: 'other', target: '/o' },
          ],
          pre_start: [{ image: 'init' }, { command: ['own'] }],
        },
        other: {},
      },
      { app: present },
    );
    expect(text).toBe(
      `
[] -> #1 image:data, pull-image, not found
[] -> #2 image:init, pull-image, not found
[] -> #3 image:app, build-images, build was asked for
`.trim(),
    );
  });

  it('must be known: a service needs an image or a build, and a valid interval', () => {
    const of = project({ web: {}, odd: { pull_policy: 'every_day' } });
    const { image: _, ...web } = of.services['web'] ?? { name: 'web' };
    const result = planImages({ ...of, services: { ...of.services, web } }, nothing, plain);
    expect(result.ok ? [] : result.error.map(({ message }) => message)).toEqual([
      'invalid interval "day" in pull_policy',
      'invalid service "web". Must specify either image or build',
    ]);
  });

  it('bring the services along whose images a build uses', () => {
    const of = project({
      base: { build: { context: '/b' } },
      mid: { build: { context: '/m', additional_contexts: { base: 'service:base' } } },
      web: { build: { context: '/w', additional_contexts: { mid: 'service:mid', x: '/y' } } },
    });
    expect(withBuildContexts(of, ['web'])).toEqual(['base', 'mid', 'web']);
  });
});

describe('pull policies', () => {
  it.each([
    ['every_1h30m', 1.5 * HOUR],
    ['every_1w', 168 * HOUR],
    ['every_0.5h', 0.5 * HOUR],
    ['every_10ms', 10],
  ])('%s is a time', (text, interval) => {
    expect(parsePullPolicy(text)).toMatchObject({ kind: 'refresh', interval });
  });

  it.each(['every_', 'every_5', 'every_1h!', 'every_h'])('%s is no time', (text) => {
    expect(parsePullPolicy(text).kind).toBe('invalid');
  });
});
