import { randomBytes } from 'node:crypto';
import { discardOneOff } from '../engine/one-off.ts';
import type { PeerContainer } from '../engine/service-references.ts';
import { planRun } from '../scheduler/plan-run.ts';
import type { OneOff } from '../scheduler/plan.ts';
import { withEngineAccess } from './api-socket.ts';
import { announceKept } from './announce-kept.ts';
import { runAttachedOneOff } from './attached-run.ts';
import { projectContents } from './contents.ts';
import { prepareImages, prepareProviders, upOptions, type Convergence } from './converge.ts';
import type { GlobalOptions } from './global-options.ts';
import { planOrThrow } from './lifecycle.ts';
import { openOneOffProject, setAside, type OneOffProject } from './one-off-project.ts';
import { separatorOf } from './observe-project.ts';
import { withOperation, type Operation } from './operation.ts';
import { inReach } from './remote-reach.ts';
import { withPlaces } from './places.ts';
import { announceRemote } from './remote-stack.ts';
import { execute } from './run-plan.ts';
import type { RunRequest } from './run-request.ts';
import type { Session } from './session.ts';
import { requireTerminal } from './terminal-session.ts';
import { isTrue } from './true-words.ts';
import { printDryRun } from './up.ts';

/**
 * `run`: one more container of a service, with a command of its own, after what it depends on has
 * come up. Gives its exit code, or 0 in the background.
 */
export async function run(
  session: Session,
  given: GlobalOptions,
  request: RunRequest,
): Promise<number> {
  const { tty, interactive, create, detach } = request;
  requireTerminal(
    session,
    { tty, stdin: interactive },
    'use --no-tty where input comes from a pipe or a file',
  );
  const global = request.quiet ? { ...given, progress: 'quiet' } : given;
  const slug = randomBytes(32).toString('hex');
  const separator = separatorOf({ session, global });
  const project = await openOneOffProject(session, global, request, { slug, separator });
  const { assumeYes } = create;
  await announceRemote(session, global, { project: project.whole, assumeYes });
  const oneOff: OneOff = {
    slug,
    autoRemove: request.remove,
    attachInput: interactive,
    useAliases: request.useAliases,
  };
  const progress = { title: 'run', dryRun: create.dryRun };
  const work = async (operation: Operation): Promise<number> => {
    const planned = await planAll(operation, project, request, oneOff);
    if (create.dryRun) {
      printDryRun(operation, planned);
      return 0;
    }
    announceKept(operation, planned, create);
    try {
      const container = await makeContainer(operation, planned);
      if (!detach) {
        return await runAttachedOneOff(operation, {
          ...planned,
          service: project.service,
          container,
          request,
        });
      }
      session.stdout.write(`${container.id}\n`);
      return 0;
    } catch (error) {
      await discardOneOff(operation.engine.client, slug);
      throw error;
    }
  };
  return withPlaces(project.tree, () => withOperation(session, global, progress, work));
}

/** Gets the images and plans the rest. */
async function planAll(
  operation: Operation,
  { whole, dependencies, service: given }: OneOffProject,
  { create, detach }: RunRequest,
  oneOff: OneOff,
): Promise<Convergence> {
  const options = { start: true, wait: false, act: !create.dryRun };
  const bound = await inReach(operation, whole, { ...options, syncBinds: create.syncBinds });
  const reaching = await withEngineAccess(operation, bound, options);
  const prepared = await prepareImages(operation, reaching, create, options);
  const needed = { ...prepared, project: setAside(reaching, given.name) };
  const provided = await prepareProviders(operation, needed, { request: create, options });
  const contents = projectContents(dependencies, undefined);
  const found = { ...prepared, ...provided, contents };
  const service = provided.project.disabledServices[given.name] ?? given;
  const ignored = isTrue(whole.environment['COMPOSE_IGNORE_ORPHANS']);
  const removeOrphans = create.removeOrphans && !ignored;
  const up = await upOptions(operation, found, { ...create, removeOrphans }, options);
  const start = detach || create.dryRun;
  const plan = planRun(provided.project, provided.observed, service, { up, oneOff, start });
  return { ...found, plan: planOrThrow(plan) };
}

/** Runs the plan and gives the container that it made. @throws also when interrupted meanwhile */
async function makeContainer(
  operation: Operation,
  convergence: Convergence,
): Promise<PeerContainer> {
  const report = await execute(operation, convergence.plan, { ...convergence, dryRun: false });
  operation.session.signal.throwIfAborted();
  const step = convergence.plan.steps.find(
    ({ action }) => action.kind === 'create-container' && action.oneOff !== undefined,
  );
  const container = report?.created.get(step?.id ?? 0);
  if (container === undefined) throw new Error('the plan of run made no container');
  return container;
}
