import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLimiter, limitOf } from '../../../src/engine/execute/limits.ts';

const forever = new AbortController().signal;
const settle = (): Promise<void> => vi.advanceTimersByTimeAsync(0).then(() => undefined);

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

/** Work that ends when the test says so, under a limiter. */
function begin(limiter: ReturnType<typeof createLimiter>, names: readonly string[]) {
  const running: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  for (const name of names) {
    const gate = Promise.withResolvers<void>();
    gates.set(name, gate);
    void limiter(() => {
      running.push(name);
      return gate.promise;
    }, forever);
  }
  return { running, end: (name: string) => gates.get(name)?.resolve() };
}

describe('limits of an engine', () => {
  it('work waits for its turn, in the order in which it came', async () => {
    const { running, end } = begin(createLimiter(2), ['a', 'b', 'c', 'd']);
    await settle();
    expect(running).toEqual(['a', 'b']);
    end('b');
    await settle();
    expect(running).toEqual(['a', 'b', 'c']);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(running).toEqual(['a', 'b', 'c']);
  });

  it('what takes its time keeps others waiting only as long as the patience says', async () => {
    const { running, end } = begin(createLimiter(1, 300), ['a', 'b', 'c']);
    await vi.advanceTimersByTimeAsync(299);
    expect(running).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(1);
    expect(running).toEqual(['a', 'b']);
    end('a');
    await settle();
    expect(running, 'the place of a is not given away twice').toEqual(['a', 'b']);
    end('b');
    await settle();
    expect(running).toEqual(['a', 'b', 'c']);
  });

  it('work that was aborted before its turn does not begin and gives its place on', async () => {
    const limiter = createLimiter(1);
    const gate = Promise.withResolvers<void>();
    void limiter(() => gate.promise, forever);
    const stop = new AbortController();
    const waiting = limiter(() => Promise.resolve('ran'), stop.signal);
    const after = limiter(() => Promise.resolve('ran'), forever);
    stop.abort(new Error('no longer wanted'));
    gate.resolve();
    await expect(waiting).rejects.toThrow('no longer wanted');
    expect(await after).toBe('ran');
  });

  it('removing is not limited, stopping is under a limit of its own', () => {
    const container = { id: 'i', name: 'n' };
    expect(limitOf({ kind: 'remove-container', container, volumes: false })).toBeUndefined();
    expect(limitOf({ kind: 'stop-container', container })).toBe('stop');
  });
});
