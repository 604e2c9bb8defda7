import { describe, expect, it } from 'vitest';
import { ChangeCollector, type SeenChange } from '../../../src/scheduler/change-collector.ts';

function seen(path: string, before?: 'file', now?: 'file'): SeenChange {
  return { path, before, now };
}

const modified = (path: string): SeenChange => seen(path, 'file', 'file');

describe('changes', () => {
  it('are a batch when it has been quiet for a moment', () => {
    const collector = new ChangeCollector(() => false);
    expect(collector.due).toBe(undefined);
    collector.add(modified('/a'), 1000);
    expect(collector.due).toBe(1100);
    collector.add(modified('/b'), 1090);
    expect(collector.due).toBe(1190);
    expect(collector.take().map(({ path }) => path)).toEqual(['/a', '/b']);
    expect(collector.due).toBe(undefined);
    expect(collector.take()).toEqual([]);
  });

  it('that restart something wait longer, so that a burst restarts it once', () => {
    const collector = new ChangeCollector((path) => path === '/conf');
    collector.add(modified('/a'), 1000);
    collector.add(modified('/conf'), 1010);
    collector.add(modified('/b'), 1020);
    expect(collector.due).toBe(1520);
    collector.take();
    collector.add(modified('/a'), 2000);
    expect(collector.due).toBe(2100);
  });

  it('that never cease are handed on all the same', () => {
    const collector = new ChangeCollector(() => false);
    for (let time = 0; time <= 5000; time += 50) collector.add(modified('/log'), time);
    expect(collector.due).toBe(3000);
  });

  it.each<[string, SeenChange[], unknown[]]>([
    [
      'a file that came',
      [seen('/a', undefined, 'file')],
      [{ path: '/a', kind: 'file', exists: true }],
    ],
    ['a file that went', [seen('/a', 'file')], [{ path: '/a', kind: 'file', exists: false }]],
    [
      'a file that was replaced',
      [seen('/a', 'file'), seen('/a', undefined, 'file')],
      [{ path: '/a', kind: 'file', exists: true }],
    ],
    ['a file that came and went', [seen('/a', undefined, 'file'), seen('/a', 'file')], []],
  ])('of one path count as one: %s', (_, changes, expected) => {
    const collector = new ChangeCollector(() => false);
    for (const each of changes) collector.add(each, 0);
    expect(collector.take()).toEqual(expected);
  });
});
