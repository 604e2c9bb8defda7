import { announceKept } from './announce-kept.ts';
import { converge } from './converge.ts';
import type { GlobalOptions } from './global-options.ts';
import { withOperation } from './operation.ts';
import { execute } from './run-plan.ts';
import type { Session } from './session.ts';
import { printDryRun, projectToCreate } from './up.ts';
import type { CreateRequest } from './up-request.ts';

/** `create`: as `up`, but nothing is started. */
export function create(
  session: Session,
  global: GlobalOptions,
  request: CreateRequest,
): Promise<number> {
  const project = projectToCreate(session, global, request);
  const { dryRun } = request;
  return withOperation(session, global, { title: 'create', dryRun }, async (operation) => {
    const options = { start: false, wait: false, act: !dryRun };
    const convergence = await converge(operation, project, request, options);
    if (dryRun) {
      printDryRun(operation, convergence);
      return 0;
    }
    announceKept(operation, convergence);
    await execute(operation, convergence.plan, { ...convergence, dryRun });
    return 0;
  });
}
