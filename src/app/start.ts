import { planStart } from '../scheduler/plan-start.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { planOrThrow, runLifecycle } from './lifecycle.ts';
import { refreshBinds } from './remote-reach.ts';
import type { Session } from './session.ts';

export interface StartRequest {
  readonly services: readonly string[];
  /** Wait until everything is running or healthy. */
  readonly wait: boolean;
  /** Seconds; undefined: for ever. */
  readonly waitTimeout: number | undefined;
  /** Copy what changed of bind mounts to the engine's host first. */
  readonly syncBinds: boolean;
  readonly dryRun: boolean;
}

/** `start`: starts containers that exist, dependencies first. */
export async function start(
  session: Session,
  global: GlobalOptions,
  request: StartRequest,
): Promise<number> {
  const { waitTimeout } = request;
  const deadline = waitTimeout === undefined ? undefined : AbortSignal.timeout(waitTimeout * 1000);
  const run = deadline === undefined ? {} : { signal: AbortSignal.any([session.signal, deadline]) };
  try {
    return await runLifecycle(
      session,
      global,
      { title: 'start', ...request, run, needsContainers: true },
      async (subject) => {
        await refreshBinds(subject, request);
        return planOrThrow(planStart(subject.project, subject.observed, request));
      },
    );
  } catch (error) {
    if (deadline?.aborted !== true || session.signal.aborted) throw error;
    throw new CommandFailure(`application not healthy after ${waitTimeout}s`);
  }
}
