import type { Project } from '../compose/model.ts';
import { converge } from './converge.ts';
import type { GlobalOptions } from './global-options.ts';
import { createLogPrinter } from './log-output.ts';
import { withOperation, type Operation } from './operation.ts';
import { withPlaces } from './places.ts';
import { inReach } from './remote-reach.ts';
import { execute } from './run-plan.ts';
import type { Session } from './session.ts';
import { openToCreate, printDryRun } from './up.ts';
import type { CreateRequest } from './up-request.ts';
import { lockWatch } from './watch-lock.ts';
import { openWatching } from './watching.ts';

export interface WatchRequest {
  readonly services: readonly string[];
  /** Leave it to others to create and start the services. */
  readonly noUp: boolean;
  /** Remove images that lost their name to what is built. */
  readonly prune: boolean;
  /** No output of builds and pulls. */
  readonly quiet: boolean;
  /** Copy bind mounts to the engine's host, and what changes of them. */
  readonly syncBinds: boolean;
  readonly dryRun: boolean;
}

/** `watch`: brings the project up, then changes of its files to its containers, until interrupted. */
export async function watch(
  session: Session,
  global: GlobalOptions,
  request: WatchRequest,
): Promise<number> {
  const { services, prune, quiet, syncBinds, dryRun } = request;
  const opened = await openToCreate(session, global, {
    services,
    scale: new Map(),
    removeOrphans: false,
  });
  const project = builtBeforehand(opened.project);
  using _lock = dryRun ? undefined : lockWatch(session, project.name);
  const work = async (operation: Operation): Promise<number> => {
    const nothing =
      "none of the selected services is configured for watch, consider setting a 'develop' section";
    using watching = await openWatching(operation, project, {
      prune,
      quiet,
      nothing,
      syncBinds,
    });
    if (!request.noUp) watching.use(await bringUp(operation, project, request));
    else watching.use(await inReach(operation, project, { syncBinds, act: !dryRun }));
    operation.reporter.close();
    if (dryRun) return 0;
    const logs = { color: false, prefix: false, timestamps: false };
    const printer = createLogPrinter(session, global, { appearance: logs, merged: false });
    const output = {
      log: (text: string): void => {
        printer.note(text);
      },
      print: (line: string): void => void session.stdout.write(`${line}\n`),
      onPlan: () => undefined,
    };
    await watching.run(output, session.signal);
    return 0;
  };
  const settings = { title: 'watch', dryRun };
  return await withPlaces(opened.tree, () => withOperation(session, global, settings, work));
}

/** Services that are developed are built when the watch begins, so that it begins with what is there. */
function builtBeforehand(project: Project): Project {
  const services = Object.entries(project.services).map(([name, service]) => {
    const builds = service.build !== undefined && service.develop !== undefined;
    return [name, builds ? { ...service, pull_policy: 'build' as const } : service] as const;
  });
  return { ...project, services: Object.fromEntries(services) };
}

/** Gives the project with what its providers answered. */
async function bringUp(
  operation: Operation,
  project: Project,
  { services, quiet, syncBinds, dryRun }: WatchRequest,
): Promise<Project> {
  const request: CreateRequest = {
    services,
    build: false,
    noBuild: false,
    pull: undefined,
    quietPull: quiet,
    quietBuild: quiet,
    recreate: 'diverged',
    recreateDependencies: 'never',
    renewAnonymousVolumes: false,
    removeOrphans: false,
    scale: new Map(),
    noDependencies: false,
    assumeYes: false,
    syncBinds,
    timeout: undefined,
    dryRun,
  };
  const options = { start: true, wait: false, act: !dryRun };
  const convergence = await converge(operation, project, request, options);
  if (dryRun) printDryRun(operation, convergence);
  else await execute(operation, convergence.plan, { ...convergence, dryRun });
  return convergence.project;
}
