import type { ImageBuild } from './build-plan.ts';

/**
 * Runs `work` for every build, each as soon as the builds it needs are done, at most `limit` at a
 * time. `builds` are in an order in which needed ones come first. The first failure aborts the
 * others and is thrown when all have ended.
 */
export async function runInOrder(
  builds: readonly ImageBuild[],
  limit: number,
  work: (build: ImageBuild, signal: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  const done = new Map<string, Promise<void>>();
  const slots = new Slots(limit);
  for (const build of builds) {
    const needed = build.needs.flatMap((service) => done.get(service) ?? []);
    const run = async (): Promise<void> => {
      await Promise.all(needed);
      await slots.take();
      try {
        either.throwIfAborted();
        await work(build, either);
      } catch (error) {
        stop.abort(error);
        throw error;
      } finally {
        slots.give();
      }
    };
    done.set(build.service, run());
  }
  await Promise.allSettled(done.values());
  signal.throwIfAborted();
  stop.signal.throwIfAborted();
}

/** Places for work that runs at the same time. */
class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = Math.max(1, count);
  }

  async take(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  give(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
