import { planDown } from '../scheduler/plan-down.ts';
import type { GlobalOptions } from './global-options.ts';
import { runLifecycle } from './lifecycle.ts';
import { separatorOf } from './observe-project.ts';
import type { Session } from './session.ts';

export interface DownRequest {
  readonly services: readonly string[];
  readonly removeOrphans: boolean;
  readonly images: 'none' | 'local' | 'all';
  /** Seconds to wait for a container to stop; undefined: its own. */
  readonly timeout: number | undefined;
  /** Also volumes, with their data. */
  readonly volumes: boolean;
  readonly dryRun: boolean;
}

/** `down`: stops and removes what a project has at the engine. */
export function down(
  session: Session,
  global: GlobalOptions,
  request: DownRequest,
): Promise<number> {
  const options = {
    title: 'down',
    everything: true,
    ...request,
    toleratesUnknown: true,
    reportsUnknown: true,
  };
  return runLifecycle(session, global, options, ({ operation, project, observed }) => {
    const plan = planDown(project, observed, { ...request, separator: separatorOf(operation) });
    const nothing = plan.steps.every(({ action }) => action.kind === 'run-provider');
    if (nothing && request.services.length === 0) {
      const text = `Warning: No resource found to remove for project "${project.name}".`;
      session.stderr.write(`${text}\n`);
    }
    return plan;
  });
}
