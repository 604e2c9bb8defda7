import type { Engine } from '../engine/engine.ts';
import type { OnEvent } from '../engine/event.ts';
import type { Reporter } from '../output/reporter.ts';
import { openEngine } from './engine.ts';
import type { GlobalOptions } from './global-options.ts';
import { OperationLock } from './operation-lock.ts';
import { askedParallelism } from './parallelism.ts';
import { createReporter, type ProgressOptions } from './progress.ts';
import type { Session } from './session.ts';

/** A use case at work: its engine, and where it tells what happens. */
export interface Operation {
  readonly session: Session;
  readonly global: GlobalOptions;
  readonly engine: Engine;
  readonly reporter: Reporter;
  readonly onEvent: OnEvent;
  readonly lock: OperationLock;
}

/** Connects, lets `work` do its thing, and leaves terminal and connection tidy however it ends. */
export async function withOperation<T>(
  session: Session,
  global: GlobalOptions,
  progress: ProgressOptions,
  work: (operation: Operation) => Promise<T>,
): Promise<T> {
  // Refused before anything is done.
  askedParallelism(session, global);
  const engine = await openEngine(session, global.engine);
  const reporter = createReporter(session, global, progress);
  const onEvent: OnEvent = (event) => {
    reporter.report(event);
  };
  const lock = new OperationLock({ session, global, tell: onEvent }, progress.title);
  const operation: Operation = { session, global, engine, reporter, onEvent, lock };
  try {
    return await work(operation);
  } finally {
    lock.release();
    reporter.close();
    engine.close();
  }
}
