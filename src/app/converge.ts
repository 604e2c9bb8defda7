import type { Project } from '../compose/model.ts';
import type { Observed } from '../scheduler/observed.ts';
import { planImages } from '../scheduler/plan-images.ts';
import { planProviders } from '../scheduler/plan-providers.ts';
import { planUp } from '../scheduler/plan-up.ts';
import type { Plan } from '../scheduler/plan.ts';
import type { UpOptions } from '../scheduler/up-options.ts';
import { divergedVolumes } from '../scheduler/volume-drift.ts';
import { withEngineAccess } from './api-socket.ts';
import { configurationCauses } from './configuration-causes.ts';
import { confirm } from './confirm.ts';
import { changedContents, projectContents, type ProjectContents } from './contents.ts';
import { InvalidProject } from './failure.ts';
import { chooseHashes, type ProjectHashes } from './hashes.ts';
import { imageWork } from './image-work.ts';
import { observeProject, separatorOf } from './observe-project.ts';
import type { Operation } from './operation.ts';
import { providedBefore } from './provided-before.ts';
import { providerWork, withProvided } from './providers.ts';
import { inReach } from './remote-reach.ts';
import { execute } from './run-plan.ts';
import { isTrue } from './true-words.ts';
import type { CreateRequest } from './up-request.ts';

/** A plan that makes an engine agree with a project, and what it was made from. */
export interface Convergence {
  readonly project: Project;
  readonly observed: Observed;
  readonly hashes: ProjectHashes;
  /** What is pulled and built first; already done unless this is a dry run. */
  readonly imagePlan: Plan;
  /** Services that have a provider, brought up next; done already unless this is a dry run. */
  readonly providerPlan: Plan;
  readonly plan: Plan;
  /** What services are given besides their configuration. */
  readonly contents: ProjectContents;
}

/** What plans are made from. */
type Found = Pick<Convergence, 'project' | 'observed' | 'hashes'> &
  Partial<Pick<Convergence, 'contents'>>;

export interface ConvergenceOptions {
  readonly start: boolean;
  readonly wait: boolean;
  /** False: nothing is pulled, built or asked. */
  readonly act: boolean;
}

/**
 * Gets the images of a project, looks at the engine and plans what is left to do.
 *
 * @throws InvalidProject for what cannot work, EngineError when images cannot be had
 */
export async function converge(
  operation: Operation,
  project: Project,
  request: CreateRequest,
  options: ConvergenceOptions,
): Promise<Convergence> {
  const contents = projectContents(project, request.contentChanges);
  const bound = await inReach(operation, project, { ...options, syncBinds: request.syncBinds });
  const reaching = await withEngineAccess(operation, bound, options);
  const images = await prepareImages(operation, reaching, request, options);
  const provided = await prepareProviders(operation, images, { request, options });
  const prepared = { ...images, ...provided, contents };
  return { ...prepared, plan: await planContainers(operation, prepared, { request, options }) };
}

/**
 * Gets models and brings up what providers provide, and gives the project what they answer. What cannot work is found
 * before any of them runs.
 *
 * @throws InvalidProject for what cannot work, EngineError when a provider fails
 */
export async function prepareProviders(
  operation: Operation,
  found: Found,
  { request, options }: { readonly request: CreateRequest; readonly options: ConvergenceOptions },
): Promise<Pick<Convergence, 'project' | 'observed' | 'providerPlan'>> {
  const { project, observed, hashes } = found;
  const providerPlan = planProviders(project, observed, {
    services: request.services,
    noDependencies: request.noDependencies,
    hashes: hashes.acceptable,
  });
  if (providerPlan.steps.length === 0) return { project, observed, providerPlan };
  if (!options.act) {
    const before = await providedBefore(operation, project, observed);
    return { project: withProvided(operation, project, before), observed, providerPlan };
  }
  await planContainers(operation, found, { request, options: { ...options, act: false } });
  const providers = providerWork(operation, project);
  await execute(operation, providerPlan, {
    project,
    observed,
    hashes,
    dryRun: false,
    providers,
    keepsLock: true,
  });
  const endpoint = await providers.modelEndpoint();
  const provided = { variables: providers.variables, endpoint: () => endpoint };
  return {
    project: withProvided(operation, project, provided),
    observed: { ...(await observeProject(operation, project)), images: observed.images },
    providerPlan,
  };
}

/**
 * Plans everything but images.
 *
 * @throws InvalidProject for what cannot work
 */
export async function planContainers(
  operation: Operation,
  found: Found,
  { request, options }: { readonly request: CreateRequest; readonly options: ConvergenceOptions },
): Promise<Plan> {
  const wanted = await upOptions(operation, found, request, options);
  return unwrap(planUp(found.project, found.observed, wanted));
}

/**
 * Gets the images of a project and looks at what the engine has then.
 *
 * @throws InvalidProject for what cannot work, EngineError when images cannot be had
 */
export async function prepareImages(
  operation: Operation,
  project: Project,
  request: CreateRequest,
  { act }: Pick<ConvergenceOptions, 'act'>,
): Promise<Omit<Convergence, 'plan' | 'contents' | 'providerPlan'>> {
  const take = (): Promise<void> =>
    act ? operation.lock.take(operation.engine.client.address, project.name) : Promise.resolve();
  await take();
  const observed = await observeProject(operation, project);
  const hashes = await chooseHashes(operation, project, observed);
  const imagePlan = unwrap(
    planImages(project, observed, {
      pull: request.pull,
      build: request.build,
      noBuild: request.noBuild,
      now: Date.now(),
      separator: separatorOf(operation),
    }),
  );
  if (!act || imagePlan.steps.length === 0) return { project, observed, hashes, imagePlan };
  // Pulling and building may take long, and changes nothing of the project.
  operation.lock.release();
  await execute(operation, imagePlan, {
    project,
    observed,
    hashes,
    dryRun: false,
    images: imageWork(operation, project, request),
  });
  await take();
  return { project, observed: await observeProject(operation, project), hashes, imagePlan };
}

/** What a request means for a plan; may ask the user about volumes. */
export async function upOptions(
  operation: Operation,
  found: Found,
  request: CreateRequest,
  options: ConvergenceOptions,
): Promise<UpOptions> {
  return {
    services: request.services,
    recreate: request.recreate,
    recreateDependencies: request.recreateDependencies,
    noDependencies: request.noDependencies,
    renewAnonymousVolumes: request.renewAnonymousVolumes,
    orphans: orphanPolicy(found.project, request),
    timeout: request.timeout,
    start: options.start,
    wait: options.wait,
    hashes: found.hashes.acceptable,
    changes: await configurationCauses(operation, found),
    contents: changedContents(operation, found),
    recreateVolumes: await volumesToLose(operation, found, { request, options }),
    separator: separatorOf(operation),
  };
}

function orphanPolicy(project: Project, request: CreateRequest): 'warn' | 'remove' | 'ignore' {
  if (request.removeOrphans) return 'remove';
  return isTrue(project.environment['COMPOSE_IGNORE_ORPHANS']) ? 'ignore' : 'warn';
}

/** Asks about each volume whose configuration changed: recreating it loses its data. */
async function volumesToLose(
  operation: Operation,
  { project, observed, hashes }: Pick<Convergence, 'project' | 'observed' | 'hashes'>,
  { request, options }: { readonly request: CreateRequest; readonly options: ConvergenceOptions },
): Promise<ReadonlySet<string>> {
  const agreed = new Set<string>();
  for (const { key, name } of divergedVolumes(project, observed, hashes.acceptable)) {
    const question = `Volume "${name}" exists but doesn't match configuration in compose file. Recreate (data will be lost)?`;
    const yes = request.assumeYes || (options.act && (await ask(operation, question)));
    if (yes) agreed.add(key);
  }
  return agreed;
}

/** Asks where the live display would otherwise draw over the question. */
async function ask({ session, reporter }: Operation, question: string): Promise<boolean> {
  reporter.suspend?.();
  try {
    return await confirm(session, question);
  } finally {
    reporter.resume?.();
  }
}

function unwrap<T>(
  result:
    | { readonly ok: true; readonly value: T }
    | { readonly ok: false; readonly error: ConstructorParameters<typeof InvalidProject>[0] },
): T {
  if (result.ok) return result.value;
  throw new InvalidProject(result.error);
}
