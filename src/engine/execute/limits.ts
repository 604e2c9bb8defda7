import type { Action } from '../../scheduler/plan.ts';

/** Runs work when there is room for it; rejects with the signal's reason when aborted before. */
export type Limiter = <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;

/**
 * Lets `limit` pieces of work run at a time, in the order they came.
 *
 * @param patience milliseconds after which work that still runs no longer keeps others from beginning;
 *   absent: it does until it ends
 */
export function createLimiter(limit: number, patience?: number): Limiter {
  let running = 0;
  const queue: (() => void)[] = [];
  const leave = (): void => {
    // The place is handed over; only when nobody waits is there one less.
    const next = queue.shift();
    if (next === undefined) running -= 1;
    else next();
  };
  return async (work, signal) => {
    if (running >= limit) await new Promise<void>((resolve) => queue.push(resolve));
    else running += 1;
    let inside = true;
    const leaveOnce = (): void => {
      if (inside) leave();
      inside = false;
    };
    const timer = patience === undefined ? undefined : setTimeout(leaveOnce, patience);
    try {
      signal.throwIfAborted();
      return await work();
    } finally {
      clearTimeout(timer);
      leaveOnce();
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

const BOUNDED: Partial<Record<Action['kind'], 'work' | 'stop'>> = {
  'create-network': 'work',
  'create-volume': 'work',
  'create-container': 'work',
  'write-files': 'work',
  'start-container': 'work',
  'unpause-container': 'work',
  'stop-container': 'stop',
};

/**
 * How an action takes its time. `short`: a call that the engine answers at once; let it finish.
 * `stop`: the engine waits for a process. `wait`: something else has to happen, and nobody wants
 * it any more once the run has failed.
 */
export function paceOf({ kind }: Action): Pace {
  return PACES[kind] ?? 'short';
}

/** Limits of one engine: of calls that it works on, and of containers that are being stopped. */
export type Limits = Readonly<Record<'work' | 'stop', Limiter>>;

/**
 * How long a container that is being stopped keeps others from being stopped. Milliseconds. Fifty that end at
 * once are stopped in two thirds of the time when an engine has eight to do at a time; those that take their
 * time must not be waited for one after the other.
 */
const STOP_PATIENCE = 300;

/** @param parallel things that are created, started or stopped at a time */
export function createLimits(parallel: number): Limits {
  return { work: createLimiter(parallel), stop: createLimiter(parallel, STOP_PATIENCE) };
}

/** Which limit an action is under; undefined for calls that an engine answers as quickly all at once. */
export function limitOf({ kind }: Action): keyof Limits | undefined {
  return BOUNDED[kind];
}
