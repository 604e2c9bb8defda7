import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { WatchTrigger } from '../../../src/compose/model.ts';
import {
  isEmptyBatch,
  planWatchBatch,
  type PathChange,
} from '../../../src/scheduler/watch-batch.ts';
import { rulesOf } from './watch-sample.ts';

const reload = { command: ['reload'] };
const rules = rulesOf([
  { path: '/p/src', action: 'sync', target: '/app' },
  { path: '/p/conf', action: 'sync+restart', target: '/conf' },
  { path: '/p/hooked', action: 'sync+exec', target: '/hooked', exec: reload },
  { path: '/p/restarted', action: 'restart' },
  { path: '/p/package.json', action: 'rebuild' },
]);

function file(path: string): PathChange {
  return { path, kind: 'file', exists: true };
}

function gone(path: string, kind: PathChange['kind'] = 'file'): PathChange {
  return { path, kind, exists: false };
}

describe('a batch', () => {
  it('copies and deletes for sync', () => {
    expect(planWatchBatch(rules, [file('/p/src/b'), file('/p/src/a/c'), gone('/p/src/d')])).toEqual(
      {
        rebuild: [],
        sync: [
          {
            service: 'web',
            copies: [
              { source: '/p/src/a/c', target: '/app/a/c' },
              { source: '/p/src/b', target: '/app/b' },
            ],
            deletes: ['/app/d'],
          },
        ],
        restart: [],
        exec: [],
      },
    );
  });

  it('restarts and runs commands once, after the copies', () => {
    const changes = ['/p/conf/a', '/p/conf/b', '/p/hooked/a', '/p/hooked/b', '/p/restarted/x'];
    const batch = planWatchBatch(rules, changes.map(file));
    expect(batch.restart).toEqual(['web']);
    expect(batch.exec).toEqual([{ service: 'web', hook: reload }]);
    expect(batch.sync[0]?.copies.map(({ target }) => target)).toEqual([
      '/conf/a',
      '/conf/b',
      '/hooked/a',
      '/hooked/b',
    ]);
  });

  it('copies nothing for restart and rebuild', () => {
    const batch = planWatchBatch(rules, [file('/p/package.json'), file('/p/restarted/x')]);
    expect(batch).toEqual({ rebuild: ['web'], sync: [], restart: ['web'], exec: [] });
  });

  it('deletes a directory once, not all that was in it', () => {
    const changes = [
      gone('/p/src/d/e/f'),
      gone('/p/src/d', 'directory'),
      gone('/p/src/d/e', 'directory'),
      gone('/p/src/other'),
    ];
    expect(planWatchBatch(rules, changes).sync[0]?.deletes).toEqual(['/app/d', '/app/other']);
  });

  it('keeps the target when the watched directory goes, and deletes what came from there', () => {
    const changes = [gone('/p/src', 'directory'), gone('/p/src/a')];
    expect(planWatchBatch(rules, changes).sync[0]?.deletes).toEqual(['/app/a']);
  });

  it('deletes a watched file that goes', () => {
    const one = rulesOf([{ path: '/p/a.txt', action: 'sync', target: '/app/a.txt' }]);
    expect(planWatchBatch(one, [gone('/p/a.txt')]).sync[0]?.deletes).toEqual(['/app/a.txt']);
  });

  it('copies a target once, and does not delete what another rule brings', () => {
    const overlapping = rulesOf([
      { path: '/p/a', action: 'sync', target: '/app' },
      { path: '/p/b', action: 'sync', target: '/app' },
    ]);
    const changes = [gone('/p/a/x'), file('/p/b/x'), file('/p/a/y'), file('/p/b/y')];
    expect(planWatchBatch(overlapping, changes).sync).toEqual([
      {
        service: 'web',
        copies: [
          { source: '/p/b/x', target: '/app/x' },
          { source: '/p/b/y', target: '/app/y' },
        ],
        deletes: [],
      },
    ]);
  });

  it('is empty when no rule is concerned', () => {
    expect(isEmptyBatch(planWatchBatch(rules, [file('/p/other')]))).toBe(true);
    expect(isEmptyBatch(planWatchBatch(rules, [file('/p/src/x')]))).toBe(false);
  });

  const change = fc.record({
    path: fc
      .array(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 3 })
      .map((parts) => `/p/src/${parts.join('/')}`),
    kind: fc.constantFrom<PathChange['kind']>('file', 'directory'),
    exists: fc.boolean(),
  });
  const trigger: WatchTrigger = { path: '/p/src', action: 'sync', target: '/app' };

  it('leads to the same files as doing one change after the other', () => {
    const single = rulesOf([trigger]);
    fc.assert(
      fc.property(fc.uniqueArray(change, { selector: ({ path }) => path }), (changes) => {
        const [sync] = planWatchBatch(single, changes).sync;
        const deleted = (target: string): boolean =>
          (sync?.deletes ?? []).some((path) => target === path || target.startsWith(`${path}/`));
        for (const { path, exists } of changes) {
          const target = path.replace('/p/src', '/app');
          const copied = sync?.copies.some((copy) => copy.target === target) === true;
          // What exists is copied after all deletions, what does not is covered by one.
          expect(copied).toBe(exists);
          if (!exists) expect(deleted(target)).toBe(true);
        }
      }),
    );
  });
});
