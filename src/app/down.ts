import { planDown } from '../scheduler/plan-down.ts';
import type { GlobalOptions } from './global-options.ts';
import { runLifecycle, type Subject } from './lifecycle.ts';
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
  /** Also copies of bind mounts on the engine's host. */
  readonly copies: boolean;
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
    afterwards: (subject: Subject) => settleCopies(subject, request),
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

/** Removes copies of bind mounts, or says that they stay; there are some only on other hosts. */
async function settleCopies(
  { operation, project }: Subject,
  { services, copies, dryRun }: DownRequest,
): Promise<void> {
  if (operation.engine.endpoint.kind !== 'ssh' || services.length > 0 || dryRun) return;
  const { settleRemoteCopies } = await import('./remote-copies.ts');
  await settleRemoteCopies(operation, project.name, copies);
}
