import type { Project } from '../compose/model.ts';
import type { Observed } from '../scheduler/observed.ts';
import { planImages } from '../scheduler/plan-images.ts';
import { planUp } from '../scheduler/plan-up.ts';
import type { Plan } from '../scheduler/plan.ts';
import { divergedVolumes } from '../scheduler/volume-drift.ts';
import { configurationCauses } from './configuration-causes.ts';
import { confirm } from './confirm.ts';
import { InvalidProject } from './failure.ts';
import { chooseHashes, type ProjectHashes } from './hashes.ts';
import { imageWork } from './image-work.ts';
import { observeProject, separatorOf } from './observe-project.ts';
import type { Operation } from './operation.ts';
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
  readonly plan: Plan;
}

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
  const take = (): Promise<void> =>
    options.act
      ? operation.lock.take(operation.engine.client.address, project.name)
      : Promise.resolve();
  await take();
  const before = await observeProject(operation, project);
  const hashes = await chooseHashes(operation, project, before);
  const imagePlan = unwrap(
    planImages(project, before, {
      pull: request.pull,
      build: request.build,
      noBuild: request.noBuild,
      now: Date.now(),
      separator: separatorOf(operation),
    }),
  );
  let observed = before;
  if (options.act && imagePlan.steps.length > 0) {
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
    observed = await observeProject(operation, project);
  }
  const plan = await planContainers(operation, { project, observed, hashes }, { request, options });
  return { project, observed, hashes, imagePlan, plan };
}

/**
 * Plans everything but images.
 *
 * @throws InvalidProject for what cannot work
 */
export async function planContainers(
  operation: Operation,
  found: Pick<Convergence, 'project' | 'observed' | 'hashes'>,
  wanted: { readonly request: CreateRequest; readonly options: ConvergenceOptions },
): Promise<Plan> {
  const { project, observed, hashes } = found;
  const { request, options } = wanted;
  return unwrap(
    planUp(project, observed, {
      services: request.services,
      recreate: request.recreate,
      recreateDependencies: request.recreateDependencies,
      noDependencies: request.noDependencies,
      renewAnonymousVolumes: request.renewAnonymousVolumes,
      orphans: orphanPolicy(project, request),
      timeout: request.timeout,
      start: options.start,
      wait: options.wait,
      hashes: hashes.acceptable,
      changes: await configurationCauses(operation, found),
      recreateVolumes: await volumesToLose(operation, found, wanted),
      separator: separatorOf(operation),
    }),
  );
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
