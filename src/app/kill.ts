import { planKill } from '../scheduler/plan-kill.ts';
import type { GlobalOptions } from './global-options.ts';
import { runLifecycle } from './lifecycle.ts';
import type { Session } from './session.ts';
import { statusLine } from './status-line.ts';

export interface KillRequest {
  readonly services: readonly string[];
  readonly signal: string;
  /** Also containers of services that the files no longer define. */
  readonly removeOrphans: boolean;
  readonly dryRun: boolean;
}

/** `kill`: sends a signal to running containers, all at once. */
export function kill(
  session: Session,
  global: GlobalOptions,
  request: KillRequest,
): Promise<number> {
  const options = { title: 'kill', ...request, toleratesUnknown: true };
  return runLifecycle(session, global, options, ({ project, observed }) => {
    const plan = planKill(project, observed, request);
    if (plan.steps.length > 0) return plan;
    statusLine(session, 'No container to kill');
    return undefined;
  });
}
