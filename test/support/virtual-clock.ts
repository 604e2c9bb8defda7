/** Time in unit tests. */
import type { Clock } from '../../src/foundation/clock.ts';

/** A clock on which sleeping costs nothing: time passes only when somebody waits for it. */
export function virtualClock(
  start = Date.parse('2026-11-26T10:00:00Z'),
): Clock & { readonly slept: readonly number[] } {
  let now = start;
  const slept: number[] = [];
  return {
    slept,
    now: () => now,
    sleep: async (ms, signal) => {
      signal.throwIfAborted();
      slept.push(ms);
      now += ms;
      await new Promise(setImmediate);
    },
  };
}
