import { describe, expect, it } from 'vitest';
import { mapLimited } from '../../../src/foundation/pool.ts';

interface Held {
  readonly work: (item: string) => Promise<string>;
  readonly running: string[];
  readonly end: (item: string) => void;
  readonly fail: (item: string) => void;
}

/** Work that ends when the test says so. */
function held(): Held {
  const open = new Map<string, PromiseWithResolvers<string>>();
  const running: string[] = [];
  return {
    running,
    work: (item) => {
      running.push(item);
      const gate = Promise.withResolvers<string>();
      open.set(item, gate);
      return gate.promise;
    },
    end: (item) => open.get(item)?.resolve(item.toUpperCase()),
    fail: (item) => open.get(item)?.reject(new Error(item)),
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('limited parallel work', () => {
  it('begins no more than the limit and keeps the order of results', async () => {
    const { work, running, end } = held();
    const all = mapLimited(['a', 'b', 'c'], 2, work);
    expect(running).toEqual(['a', 'b']);
    end('b');
    await settle();
    expect(running).toEqual(['a', 'b', 'c']);
    end('c');
    end('a');
    expect(await all).toEqual(['A', 'B', 'C']);
  });

  it('begins nothing after a failure', async () => {
    const { work, running, end, fail } = held();
    const all = mapLimited(['a', 'b', 'c'], 2, work);
    fail('a');
    await expect(all).rejects.toThrow('a');
    end('b');
    await settle();
    expect(running).toEqual(['a', 'b']);
  });

  it('has a result for no items, and no limit where that is asked for', async () => {
    expect(await mapLimited([], 3, async () => 1)).toEqual([]);
    const { work, running } = held();
    void mapLimited(['a', 'b', 'c'], Infinity, work);
    expect(running).toEqual(['a', 'b', 'c']);
  });
});
