import type { PathChange } from './watch-batch.ts';

/** Milliseconds without a change after which a batch is complete. */
const QUIET = 100;
/** The same when containers are restarted or rebuilt, which a burst of writes should cause once. */
const QUIET_BEFORE_RESTART = 500;
/** Milliseconds after which a batch is handed on although changes go on. */
const LONGEST = 3000;

/** One change as it is seen: what was at a path before it, and what is there after it. */
export interface SeenChange {
  /** Absolute. */
  readonly path: string;
  readonly before: PathChange['kind'] | undefined;
  readonly now: PathChange['kind'] | undefined;
}

/**
 * Gathers changes into batches: a batch is due when nothing has changed for a moment. Times are
 * milliseconds that only go up.
 */
export class ChangeCollector {
  readonly #restarts: (path: string) => boolean;
  readonly #changes = new Map<string, SeenChange>();
  #first = 0;
  #last = 0;
  #quiet = QUIET;

  /** `restarts` tells whether a change of a path restarts or rebuilds something. */
  constructor(restarts: (path: string) => boolean) {
    this.#restarts = restarts;
  }

  /** Adds a change; several of one path count as one, from what was there first to what is there last. */
  add(change: SeenChange, now: number): void {
    if (this.#changes.size === 0) this.#first = now;
    this.#last = now;
    const before = this.#changes.get(change.path);
    this.#changes.set(
      change.path,
      before === undefined ? change : { ...change, before: before.before },
    );
    if (this.#quiet === QUIET && this.#restarts(change.path)) this.#quiet = QUIET_BEFORE_RESTART;
  }

  /** When the batch is complete, unless more changes come; undefined without any. */
  get due(): number | undefined {
    if (this.#changes.size === 0) return undefined;
    return Math.min(this.#last + this.#quiet, this.#first + LONGEST);
  }

  /** The batch: what came and went in the meantime is not part of it. */
  take(): readonly PathChange[] {
    const changes = [...this.#changes.values()].flatMap(({ path, before, now }): PathChange[] => {
      const kind = now ?? before;
      return kind === undefined ? [] : [{ path, kind, exists: now !== undefined }];
    });
    this.#changes.clear();
    this.#quiet = QUIET;
    return changes;
  }
}
