/** Given instead of a result when there was no time for one. */
export const TIMED_OUT = Symbol('timed out');

/** Runs work that may take so many milliseconds; it is told to stop then, and not waited for. */
export async function within<T>(
  milliseconds: number,
  signal: AbortSignal,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T | typeof TIMED_OUT> {
  const timer = new AbortController();
  const over = new Promise<typeof TIMED_OUT>((resolve) => {
    timer.signal.addEventListener('abort', () => resolve(TIMED_OUT), { once: true });
  });
  const timeout = setTimeout(() => timer.abort(new Error('timed out')), milliseconds);
  const working = work(AbortSignal.any([signal, timer.signal]));
  // What it says after its time is of no interest.
  working.catch(() => undefined);
  try {
    return await Promise.race([working, over]);
  } catch (error) {
    signal.throwIfAborted();
    if (timer.signal.aborted) return TIMED_OUT;
    throw error;
  } finally {
    clearTimeout(timeout);
  }
}
