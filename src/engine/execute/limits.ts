import type { Action } from '../../scheduler/plan.ts';

/** Runs work when there is room for it; rejects with the signal's reason when aborted before. */
export type Limiter = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/** Lets `limit` pieces of work run at a time, in the order they came. */
export function createLimiter(limit: number): Limiter {
  let running = 0;
  const queue: (() => void)[] = [];
  return async (work, signal) => {
    if (running >= limit) await new Promise<void>((resolve) => queue.push(resolve));
    else running += 1;
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      // The place is handed over; only when nobody waits is there one less.
      const next = queue.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

export type Pace = 'short' | 'stop' | 'wait';

const PACES: Partial<Record<Action['kind'], Pace>> = {
  'stop-container': 'stop',
  'restart-container': 'stop',
  'pull-image': 'wait',
  'build-images': 'wait',
  'wait-condition': 'wait',
  'run-hook': 'wait',
  'run-pre-start': 'wait',
  'prepare-model': 'wait',
  'run-provider': 'wait',
};

const BOUNDED: ReadonlySet<Action['kind']> = new Set<Action['kind']>([
  'create-network',
  'create-volume',
  'create-container',
  'write-files',
  'start-container',
  'unpause-container',
]);

/**
 * How an action takes its time. `short`: a call that the engine answers at once; let it finish.
 * `stop`: the engine waits for a process. `wait`: something else has to happen, and nobody wants
 * it any more once the run has failed.
 */
export function paceOf({ kind }: Action): Pace {
  return PACES[kind] ?? 'short';
}

/**
 * True for calls of which the engine takes longer over many at a time than over a few: what it
 * creates and starts. Stopping and removing mostly waits, and is quickest all at once.
 */
export function isBounded({ kind }: Action): boolean {
  return BOUNDED.has(kind);
}
