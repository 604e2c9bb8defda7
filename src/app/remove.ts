import { planRemove } from '../scheduler/plan-remove.ts';
import type { Plan } from '../scheduler/plan.ts';
import { confirm } from './confirm.ts';
import type { GlobalOptions } from './global-options.ts';
import { runLifecycle } from './lifecycle.ts';
import type { Session } from './session.ts';
import { statusLine } from './status-line.ts';

export interface RemoveRequest {
  readonly services: readonly string[];
  /** Do not ask. */
  readonly force: boolean;
  /** Stop what runs first. */
  readonly stop: boolean;
  /** Also anonymous volumes. */
  readonly volumes: boolean;
  readonly dryRun: boolean;
}

/** `rm`: removes stopped containers after asking. */
export function remove(
  session: Session,
  global: GlobalOptions,
  request: RemoveRequest,
): Promise<number> {
  const options = { title: 'rm', ...request, toleratesUnknown: true };
  return runLifecycle(session, global, options, async ({ project, observed }) => {
    const plan = planRemove(project, observed, request);
    const names = removedNames(plan);
    if (names.length === 0) {
      statusLine(session, 'No stopped containers');
      return undefined;
    }
    if (request.dryRun) return plan;
    const going = `Going to remove ${names.join(', ')}`;
    if (!request.force) return (await confirm(session, going)) ? plan : undefined;
    session.stdout.write(`${going}\n`);
    return plan;
  });
}

function removedNames({ steps }: Plan): readonly string[] {
  return steps.flatMap(({ action }) =>
    action.kind === 'remove-container' && 'name' in action.container ? [action.container.name] : [],
  );
}
