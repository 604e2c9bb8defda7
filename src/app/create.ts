import { announceKept } from './announce-kept.ts';
import { converge } from './converge.ts';
import type { GlobalOptions } from './global-options.ts';
import { withOperation, type Operation } from './operation.ts';
import { withPlaces } from './places.ts';
import { execute } from './run-plan.ts';
import type { Session } from './session.ts';
import { openToCreate, printDryRun } from './up.ts';
import type { CreateRequest } from './up-request.ts';

/** `create`: as `up`, but nothing is started. */
export function create(
  session: Session,
  global: GlobalOptions,
  request: CreateRequest,
): Promise<number> {
  return createContainers(session, global, request, { title: 'create', start: false });
}

/** Makes the engine agree with the project and returns as soon as that is done. */
export async function createContainers(
  session: Session,
  global: GlobalOptions,
  request: CreateRequest,
  { title, start }: { readonly title: string; readonly start: boolean },
): Promise<number> {
  const { project, tree } = await openToCreate(session, global, request);
  const { dryRun } = request;
  const work = async (operation: Operation): Promise<number> => {
    const options = { start, wait: false, act: !dryRun };
    const convergence = await converge(operation, project, request, options);
    if (dryRun) {
      printDryRun(operation, convergence);
      return 0;
    }
    announceKept(operation, convergence, request);
    await execute(operation, convergence.plan, { ...convergence, dryRun });
    return 0;
  };
  return withPlaces(tree, () => withOperation(session, global, { title, dryRun }, work));
}
