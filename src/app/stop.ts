import { planStop } from '../scheduler/plan-stop.ts';
import type { GlobalOptions } from './global-options.ts';
import { runLifecycle } from './lifecycle.ts';
import type { Session } from './session.ts';

export interface StopRequest {
  readonly services: readonly string[];
  /** Seconds to wait for a container to stop; undefined: its own. */
  readonly timeout: number | undefined;
  readonly dryRun: boolean;
}

/** `stop`: stops containers, dependents first. */
export function stop(
  session: Session,
  global: GlobalOptions,
  request: StopRequest,
): Promise<number> {
  const options = { title: 'stop', ...request, toleratesUnknown: true, reportsUnknown: true };
  return runLifecycle(session, global, options, ({ project, observed }) =>
    planStop(project, observed, request),
  );
}
