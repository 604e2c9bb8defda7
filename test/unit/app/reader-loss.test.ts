import { describe, expect, it } from 'vitest';
import { ReaderLoss } from '../../../src/app/reader-loss.ts';

describe('a reader that goes away', () => {
  function watched(): { readonly loss: ReaderLoss; readonly ends: () => number } {
    let ends = 0;
    return { loss: new ReaderLoss(() => (ends += 1)), ends: () => ends };
  }

  it('ends the process at once when nothing is being done', () => {
    const { loss, ends } = watched();
    loss.lost();
    expect(ends()).toBe(1);
  });

  it('ends it after the work that is being done, however that ends', async () => {
    for (const how of ['resolve', 'reject'] as const) {
      const { loss, ends } = watched();
      const work = Promise.withResolvers<void>();
      const settled = Promise.allSettled([loss.during(() => work.promise)]);
      loss.lost();
      expect(ends()).toBe(0);
      work[how]();
      await settled;
      expect(ends()).toBe(1);
    }
  });

  it('waits for all work that goes on at a time', async () => {
    const { loss, ends } = watched();
    const slow = Promise.withResolvers<void>();
    const slowly = loss.during(() => slow.promise);
    loss.lost();
    await loss.during(async () => {});
    expect(ends()).toBe(0);
    slow.resolve();
    await slowly;
    expect(ends()).toBe(1);
  });

  it('does nothing while there is a reader', async () => {
    const { loss, ends } = watched();
    expect(await loss.during(async () => 7)).toBe(7);
    expect(ends()).toBe(0);
  });
});
