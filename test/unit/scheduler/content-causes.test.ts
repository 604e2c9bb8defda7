import { describe, expect, it } from 'vitest';
import { contentCauses, nextRecord } from '../../../src/scheduler/content-causes.ts';
import { allUp, project, up } from './sample.ts';

describe('changed contents', () => {
  const observed = allUp(project({ app: {}, db: {} }));
  const [app, db] = observed.containers.map(({ id }) => id);
  if (app === undefined || db === undefined) throw new Error('the sample has two containers');

  it('are those that differ on both sides', () => {
    const wanted = { app: { 'secret token': 'b', 'config x': 'same', 'config new': 'n' } };
    const recorded = { [app]: { 'secret token': 'a', 'config x': 'same', 'config old': 'o' } };
    expect(contentCauses(observed, wanted, recorded)).toEqual(
      new Map([[app, ['content of secret token changed']]]),
    );
  });

  it('are none where nothing is known', () => {
    const wanted = { app: { 'secret token': 'b' }, db: { 'secret token': 'b' } };
    expect(contentCauses(observed, wanted, {})).toEqual(new Map());
    expect(contentCauses(observed, {}, { [app]: { 'secret token': 'a' } })).toEqual(new Map());
  });

  it('of one-offs do not matter', () => {
    const oneOffs = {
      ...observed,
      containers: observed.containers.map((each) => ({ ...each, oneOff: true })),
    };
    const changed = contentCauses(oneOffs, { app: { a: '2' } }, { [app]: { a: '1' } });
    expect(changed).toEqual(new Map());
  });

  it('are the cause of a replacement, and of that container alone', () => {
    const sample = project({ app: {}, db: {} });
    const { steps } = up(sample, observed, {
      contents: new Map([[app, ['a', 'b', 'c', 'd'].map((name) => `content of ${name} changed`)]]),
    });
    const causes = new Set(steps.map(({ resource, cause }) => `${resource}: ${cause}`));
    expect([...causes].filter((text) => text.includes('content'))).toEqual([
      'service:app:1: content of a changed, content of b changed, content of c changed and 1 more',
    ]);
  });
});

describe('what is remembered', () => {
  const wanted = { app: { 'secret token': 'new', 'config x': 'x' } };

  it.each([
    ['new containers have what is there now', true, undefined, wanted.app],
    [
      'others keep what they were made with',
      false,
      { 'secret token': 'old' },
      { 'secret token': 'old', 'config x': 'x' },
    ],
    ['of those that nobody knew, what is there now', false, undefined, wanted.app],
    ['a new one has nothing of what an old one had', true, { 'secret token': 'old' }, wanted.app],
  ])('%s', (_name, made, before, expected) => {
    const recorded = before === undefined ? {} : { id: before };
    expect(nextRecord(recorded, [{ id: 'id', service: 'app', made }], wanted)).toEqual({
      id: expected,
    });
  });

  it('is nothing of containers that are gone, and of those that are given nothing', () => {
    const recorded = { gone: { a: '1' } };
    expect(nextRecord(recorded, [{ id: 'id', service: 'db', made: true }], wanted)).toEqual({});
  });
});
