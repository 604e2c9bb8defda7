import type { Loaded } from '../compose/load-result.ts';
import { announceKept } from './announce-kept.ts';
import { runAttached, shownServices } from './attached-up.ts';
import { converge, type Convergence } from './converge.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { openProject } from './load-project.ts';
import { withOperation, type Operation } from './operation.ts';
import { withPlaces } from './places.ts';
import { printPlan } from './print-plan.ts';
import { execute } from './run-plan.ts';
import { noSuchMember, withScale } from './scale.ts';
import type { Session } from './session.ts';
import { announceRemote } from './remote-stack.ts';
import { openUpWatch } from './up-controls.ts';
import type { UpRequest } from './up-request.ts';

/** `up`: makes the engine agree with the project, and shows its output unless detached. */
export async function up(
  session: Session,
  global: GlobalOptions,
  request: UpRequest,
): Promise<number> {
  const { project, tree } = await openToCreate(session, global, request);
  const { exitCodeFrom } = request;
  if (exitCodeFrom !== undefined && project.services[exitCodeFrom] === undefined) {
    throw noSuchMember(exitCodeFrom, project);
  }
  const attachTo = request.start && !request.detach ? shownServices(project, request) : [];
  await announceRemote(session, global, { project, assumeYes: request.assumeYes });
  const settings = { title: 'up', dryRun: request.dryRun };
  return withPlaces(tree, () =>
    withOperation(session, global, settings, async (operation) => {
      // Before anything is built, so that no change is missed.
      using watching =
        request.watch && !request.dryRun
          ? await openUpWatch(operation, project, request)
          : undefined;
      const convergence = await converge(operation, project, request, {
        start: request.start,
        wait: request.wait,
        act: !request.dryRun,
      });
      if (request.dryRun) {
        printDryRun(operation, convergence);
        return 0;
      }
      watching?.use(convergence.project);
      announceKept(operation, convergence, request);
      if (request.start && !request.detach) {
        return await runAttached(operation, convergence, { ...request, attachTo, watching });
      }
      await runDetached(operation, convergence, request);
      return 0;
    }),
  );
}

type ToCreate = Pick<UpRequest, 'services' | 'scale' | 'removeOrphans'>;

/**
 * The project that `up`, `create` and `plan` work on, and its tree.
 *
 * @throws InvalidProject, or CommandFailure when no service is left to work on
 */
export async function openToCreate(
  session: Session,
  global: GlobalOptions,
  request: ToCreate,
): Promise<Pick<Loaded, 'project' | 'tree'>> {
  const { project, tree } = await openProject(session, global, {
    services: request.services,
    uniqueContainerNames: true,
  });
  if (Object.keys(project.services).length === 0 && !global.allResources) {
    throw new CommandFailure(
      'no service selected',
      'every service is left out by its profiles: enable one with --profile, or name a service',
    );
  }
  if (request.removeOrphans && project.environment['COMPOSE_IGNORE_ORPHANS'] !== undefined) {
    throw new CommandFailure('cannot combine COMPOSE_IGNORE_ORPHANS and --remove-orphans');
  }
  return { project: withScale(project, request.scale), tree };
}

/** Prints the plans of images, of providers and of everything else, one after the other. */
export function printDryRun(
  operation: Operation,
  { imagePlan, providerPlan, plan }: Convergence,
): void {
  for (const text of plan.warnings) operation.session.stderr.write(`warning: ${text}\n`);
  const plans = [imagePlan, providerPlan, plan].filter(({ steps }) => steps.length > 0);
  for (const each of plans.length > 0 ? plans : [plan]) printPlan(operation, each);
}

async function runDetached(
  operation: Operation,
  convergence: Convergence,
  request: UpRequest,
): Promise<void> {
  const { session } = operation;
  const { waitTimeout } = request;
  const deadline = waitTimeout === undefined ? undefined : AbortSignal.timeout(waitTimeout * 1000);
  const signal =
    deadline === undefined ? session.signal : AbortSignal.any([session.signal, deadline]);
  try {
    await execute(operation, convergence.plan, { ...convergence, dryRun: false, signal });
  } catch (error) {
    if (deadline?.aborted === true && !session.signal.aborted) {
      throw new CommandFailure(
        `application not healthy after ${waitTimeout}s`,
        'see "ps" for what is not healthy and "logs SERVICE" for why',
      );
    }
    throw error;
  }
}
