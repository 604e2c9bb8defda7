import { deferred } from '../../foundation/deferred.ts';
import type { Clock } from '../../foundation/clock.ts';

/** Ends a wait when a server owes an answer for too long. What the user or this computer does meanwhile is free. */
export class Patience {
  readonly #clock: Clock;
  readonly #late: (what: string, after: number) => void;
  #answered: AbortController | undefined;

  /** @param late is called with what was not done, and the milliseconds that it had */
  constructor(clock: Clock, late: (what: string, after: number) => void) {
    this.#clock = clock;
    this.#late = late;
  }

  /** From now on, the server has this long to answer, whatever was owed before. */
  owed(what: string, time: number): void {
    this.rest();
    const answered = new AbortController();
    this.#answered = answered;
    this.#clock.sleep(time, answered.signal).then(
      () => this.#late(what, time),
      () => undefined,
    );
  }

  /** Nothing is owed any more. */
  rest(): void {
    this.#answered?.abort(new Error('answered'));
    this.#answered = undefined;
  }
}

/** What work may wait for. */
export interface Bounds {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds. */
  readonly time: number;
  /** The failure when the time is over. */
  readonly late: () => Error;
}

/** The result of work, unless it takes too long or is given up first. */
export async function inTime<T>(
  work: Promise<T>,
  { clock, signal, time, late }: Bounds,
): Promise<T> {
  const stop = new AbortController();
  const over = clock.sleep(time, AbortSignal.any([signal, stop.signal])).then(() => {
    throw late();
  });
  over.catch(() => undefined);
  work.catch(() => undefined);
  try {
    return await Promise.race([work, over]);
  } finally {
    stop.abort(new Error('done'));
  }
}

/** The result of work, unless it is given up first; what comes of it later goes to `unwanted`. */
export async function unlessAborted<T>(
  work: Promise<T>,
  signal: AbortSignal,
  unwanted: (result: T) => void = () => undefined,
): Promise<T> {
  const given = deferred<never>();
  const abort = (): void => given.reject(signal.reason as Error);
  given.promise.catch(() => undefined);
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([given.promise, work]);
  } catch (error) {
    if (signal.aborted) work.then(unwanted, () => undefined);
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
