import type { ImageBuild } from './build-plan.ts';

/**
 * Runs `work` for every build, each as soon as those that come before it are done, at most `limit` at
 * a time; where builds come before each other, one of them goes first. The first failure aborts the
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
  const byService = new Map(builds.map((build) => [build.service, build]));
  const started = new Map<string, Promise<void>>();
  const slots = new Slots(limit);
  const run = async (build: ImageBuild, preceding: readonly Promise<void>[]): Promise<void> => {
    await Promise.all(preceding);
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
  const start = (build: ImageBuild, trail: readonly string[]): Promise<void> => {
    const known = started.get(build.service);
    if (known !== undefined) return known;
    const way = [...trail, build.service];
    const preceding = build.after.flatMap((service) => {
      const before = way.includes(service) ? undefined : byService.get(service);
      return before === undefined ? [] : [start(before, way)];
    });
    const running = run(build, preceding);
    started.set(build.service, running);
    return running;
  };
  for (const build of builds) void start(build, []);
  await Promise.allSettled(started.values());
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
