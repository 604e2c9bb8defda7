import type { Project } from '../compose/model.ts';
import { LABEL } from '../engine/labels.ts';
import { messageOf } from '../engine/errors.ts';
import { withDependents } from '../scheduler/plan-down.ts';
import type { Plan } from '../scheduler/plan.ts';
import { planContainers } from './converge.ts';
import { chooseHashes } from './hashes.ts';
import { build } from './image-work.ts';
import { observeProject } from './observe-project.ts';
import type { Operation } from './operation.ts';
import { execute } from './run-plan.ts';
import type { CreateRequest } from './up-request.ts';

export interface RebuildOptions {
  readonly services: readonly string[];
  /** Remove images that lost their name to what is built. */
  readonly prune: boolean;
  /** No output of the builder. */
  readonly quiet: boolean;
  readonly log: (text: string) => void;
  /** Told of every plan before it runs. */
  readonly onPlan: (plan: Plan) => void;
  readonly signal: AbortSignal;
}

/**
 * Builds images of services and runs them in place of the old ones; services that need them are
 * started where they do not run. What they need themselves is left alone.
 */
export async function rebuildServices(
  operation: Operation,
  project: Project,
  options: RebuildOptions,
): Promise<void> {
  const { services, log, signal } = options;
  const names = quoted(services);
  log(`Rebuilding service(s) ${names} after changes were detected...`);
  try {
    await build(operation, project, {
      plan: { services, singlePlatform: true },
      run: {
        display: options.quiet ? 'none' : 'lines',
        onOutput: ({ line }) => {
          log(line);
        },
      },
      signal,
    });
  } catch (error) {
    signal.throwIfAborted();
    log(`Build failed. Error: ${messageOf(error)}`);
    throw error;
  }
  log(`service(s) ${names} successfully built`);
  await replace(operation, project, options);
  if (options.prune) await pruneImages(operation, project, signal);
}

/** A list of services as Compose prints it: `["api" "web"]`. */
export function quoted(services: readonly string[]): string {
  return `[${services.map((name) => JSON.stringify(name)).join(' ')}]`;
}

async function replace(
  operation: Operation,
  project: Project,
  options: RebuildOptions,
): Promise<void> {
  const { services } = options;
  try {
    await converge(operation, project, { ...options, recreate: 'force' });
  } catch (error) {
    options.signal.throwIfAborted();
    options.log(`Failed to recreate services after update. Error: ${messageOf(error)}`);
    throw error;
  }
  const dependents = [...withDependents(project.services, services)].filter(
    (name) => !services.includes(name),
  );
  if (dependents.length === 0) return;
  try {
    await converge(operation, project, { ...options, services: dependents, recreate: 'never' });
  } catch (error) {
    options.signal.throwIfAborted();
    options.log(`Application failed to start after update. Error: ${messageOf(error)}`);
    throw error;
  }
}

async function converge(
  operation: Operation,
  project: Project,
  options: RebuildOptions & { readonly recreate: 'force' | 'never' },
): Promise<void> {
  const { services, recreate, signal } = options;
  const observed = await observeProject(operation, project);
  const hashes = await chooseHashes(operation, project, observed);
  const found = { project, observed, hashes };
  const request = { ...LEAVE_ALONE, services, recreate };
  const plan = await planContainers(operation, found, {
    request,
    options: { start: true, wait: false, act: false },
  });
  options.onPlan(plan);
  // Its warnings have been heard when the project came up.
  await execute(operation, { ...plan, warnings: [] }, { ...found, dryRun: false, signal });
}

/** Nothing is pulled, built, removed or asked on the way. */
const LEAVE_ALONE: Omit<CreateRequest, 'services' | 'recreate'> = {
  build: false,
  noBuild: true,
  pull: undefined,
  quietPull: true,
  quietBuild: true,
  recreateDependencies: 'never',
  renewAnonymousVolumes: false,
  removeOrphans: false,
  scale: new Map(),
  noDependencies: true,
  assumeYes: false,
  timeout: undefined,
  dryRun: false,
};

/** Images of this project that have no name any more; those that something still uses stay. */
async function pruneImages(
  { engine }: Operation,
  project: Project,
  signal: AbortSignal,
): Promise<void> {
  const filters = { dangling: ['true'], label: [`${LABEL.project}=${project.name}`] };
  const images = await engine.client.send<readonly { readonly Id: string }[]>(
    { method: 'GET', path: '/images/json', query: { filters } },
    signal,
  );
  for (const { Id: id } of images) {
    await engine.client
      .send({ method: 'DELETE', path: `/images/${id}` }, signal)
      .catch(() => undefined);
  }
}
