import { planRestart } from '../scheduler/plan-restart.ts';
import type { GlobalOptions } from './global-options.ts';
import { runLifecycle } from './lifecycle.ts';
import { refreshBinds } from './remote-reach.ts';
import type { Session } from './session.ts';

export interface RestartRequest {
  readonly services: readonly string[];
  /** Leave services alone that depend on the restarted ones. */
  readonly noDependents: boolean;
  /** Seconds to wait for a container to stop; undefined: its own. */
  readonly timeout: number | undefined;
  /** Copy what changed of bind mounts to the engine's host first. */
  readonly syncBinds: boolean;
  readonly dryRun: boolean;
}

/** `restart`: restarts containers, and those that restart with them. */
export function restart(
  session: Session,
  global: GlobalOptions,
  request: RestartRequest,
): Promise<number> {
  const options = { title: 'restart', ...request };
  return runLifecycle(session, global, options, async (subject) => {
    await refreshBinds(subject, request);
    return planRestart(subject.project, subject.observed, {
      services: request.services,
      noDependencies: request.noDependents,
      timeout: request.timeout,
    });
  });
}
