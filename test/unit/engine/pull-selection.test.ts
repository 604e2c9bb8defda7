import { describe, expect, it } from 'vitest';
import type { Project, Service } from '../../../src/compose/model.ts';
import { selectPulls } from '../../../src/engine/pull/pull-selection.ts';

const project = (...services: Service[]): Project =>
  ({ services: Object.fromEntries(services.map((s) => [s.name, s])) }) as unknown as Project;

const select = (
  services: Service[],
  options: { present?: string[]; policy?: string; ignoreBuildable?: boolean } = {},
): string[] => {
  const { pulls, skipped } = selectPulls(project(...services), {
    ignoreBuildable: options.ignoreBuildable ?? false,
    isPresent: (image) => options.present?.includes(image) ?? false,
    ...(options.policy === undefined ? {} : { policy: options.policy }),
  });
  return [
    ...pulls.map(({ image }) => `pull ${image}`),
    ...skipped.map(({ id, reason }) => `skip ${id}: ${reason}`),
  ];
};

describe('what an explicit pull fetches', () => {
  it.each([
    [undefined, ['a:1'], 'pull a:1'],
    ['always', ['a:1'], 'pull a:1'],
    ['daily', ['a:1'], 'pull a:1'],
    ['every_12h', ['a:1'], 'pull a:1'],
    ['missing', [], 'pull a:1'],
    ['missing', ['a:1'], 'skip Image a:1: Image is already present locally'],
    ['if_not_present', ['a:1'], 'skip Image a:1: Image is already present locally'],
    ['never', [], 'skip Image a:1: '],
    ['build', [], 'skip Image a:1: '],
  ])('with policy %s and %j present', (pull_policy, present, wanted) => {
    const service = { name: 'a', image: 'a:1', ...(pull_policy ? { pull_policy } : {}) };
    expect(select([service], { present })).toEqual([wanted]);
  });

  it('refreshes latest, which moves', () => {
    const service = { name: 'a', image: 'a', pull_policy: 'missing' };
    expect(select([service], { present: ['a'] })).toEqual(['pull a']);
  });

  it('takes an image of several services once', () => {
    expect(
      select([
        { name: 'a', image: 'x:1' },
        { name: 'b', image: 'x:1' },
      ]),
    ).toEqual(['pull x:1']);
  });

  it('leaves out what is built', () => {
    const services = [
      { name: 'a', build: {} },
      { name: 'b', build: {}, image: 'b:1' },
    ];
    expect(select(services)).toEqual(['pull b:1', 'skip a: No image to be pulled']);
    expect(select(services, { ignoreBuildable: true })).toEqual([
      'skip a: No image to be pulled',
      'skip Image b:1: Image can be built',
    ]);
  });

  it('follows --policy before the services', () => {
    const service = { name: 'a', image: 'a:1', pull_policy: 'always' };
    expect(select([service], { policy: 'missing', present: ['a:1'] })).toEqual([
      'skip Image a:1: Image is already present locally',
    ]);
  });

  it('includes images of hooks, which cannot be built', () => {
    const service = {
      name: 'a',
      build: {},
      image: 'a:1',
      pull_policy: 'build',
      pre_start: [{ image: 'hook:1' }, { image: 'a:1' }, {}],
    };
    expect(select([service])).toEqual(['pull hook:1', 'skip Image a:1: ']);
  });
});
