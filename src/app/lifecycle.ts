import type { Project } from '../compose/model.ts';
import { allServices } from '../compose/profiles.ts';
import type { Diagnostic } from '../compose/diagnostic.ts';
import type { Result } from '../foundation/result.ts';
import type { Observed } from '../scheduler/observed.ts';
import type { Plan } from '../scheduler/plan.ts';
import { projectFromLabels } from '../scheduler/project-from-labels.ts';
import { reportAbsence } from './absent-services.ts';
import { CommandFailure, InvalidProject } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { chooseHashes } from './hashes.ts';
import { openForServices, type ProjectOrName } from './load-project.ts';
import { observeByName, observeProject } from './observe-project.ts';
import { withOperation, type Operation } from './operation.ts';
import { withPlaces } from './places.ts';
import { execute, type PlanRunOptions } from './run-plan.ts';
import { noSuchService } from './scale.ts';
import type { Session } from './session.ts';

/** What a command on existing containers looks at. */
export interface Subject {
  readonly operation: Operation;
  readonly project: Project;
  readonly observed: Observed;
}

export interface LifecycleOptions {
  /** For the head line of progress. */
  readonly title: string;
  readonly services: readonly string[];
  readonly dryRun: boolean;
  /** True: networks, volumes and images of the project are looked at too. */
  readonly everything?: boolean;
  /** True: a project that is known by its name only has to have containers. */
  readonly needsContainers?: boolean;
  /** True: anonymous volumes of the containers are looked at too. */
  readonly volumes?: boolean;
  /** True: services that a project known by its name only does not have are no failure. */
  readonly toleratesUnknown?: boolean;
  /** True: such services are named, because nothing else would be said. */
  readonly reportsUnknown?: boolean;
  readonly run?: Partial<Pick<PlanRunOptions, 'signal'>>;
  /** Done when the plan is. */
  readonly afterwards?: (subject: Subject) => Promise<void>;
}

/**
 * Runs a plan over the containers of a project: the project comes from its files, or from the labels
 * of its containers when only its name is known.
 *
 * @param makePlan gives undefined when there is nothing to do, after having said so
 */
export async function runLifecycle(
  session: Session,
  global: GlobalOptions,
  options: LifecycleOptions,
  makePlan: (subject: Subject) => Promise<Plan | undefined> | Plan | undefined,
): Promise<number> {
  const { title, services, dryRun } = options;
  const target = await openForServices(session, global, services);
  const work = async (operation: Operation): Promise<number> => {
    const name = target.kind === 'project' ? target.project.name : target.name;
    if (!dryRun) await operation.lock.take(operation.engine.client.address, name);
    const subject = await observeTarget(operation, target, options);
    if (target.kind === 'project' || options.toleratesUnknown !== true) {
      checkServices(subject.project, services);
    }
    if (options.reportsUnknown === true) await reportUnknown(subject, services);
    const plan = await makePlan(subject);
    if (plan === undefined) return 0;
    const { project, observed } = subject;
    const hashes = await chooseHashes(operation, project, observed);
    await execute(operation, plan, { project, observed, hashes, dryRun, ...options.run });
    await options.afterwards?.(subject);
    return 0;
  };
  const tree = target.kind === 'project' ? target.tree : undefined;
  return withPlaces(tree, () => withOperation(session, global, { title, dryRun }, work));
}

async function observeTarget(
  operation: Operation,
  target: ProjectOrName,
  { everything = false, needsContainers = false, volumes = false }: LifecycleOptions,
): Promise<Subject> {
  const more = { anonymousVolumes: volumes };
  if (target.kind === 'project') {
    const { project } = target;
    const observed = everything
      ? await observeProject(operation, project, more)
      : await observeByName(operation, project.name, more);
    return { operation, project, observed };
  }
  const observed = await observeByName(operation, target.name, more);
  if (needsContainers && observed.containers.length === 0) {
    throw new CommandFailure(
      `no container found for project "${target.name}": not found`,
      'see "ls -a" for the projects that there are',
    );
  }
  return { operation, project: projectFromLabels(target.name, observed), observed };
}

async function reportUnknown(
  { operation, project }: Subject,
  services: readonly string[],
): Promise<void> {
  const unknown = services.filter((name) => !Object.hasOwn(allServices(project), name));
  const { engine, session } = operation;
  await reportAbsence(engine, session, { project: project.name, services: unknown });
}

function checkServices(project: Project, services: readonly string[]): void {
  const known = allServices(project);
  for (const name of services) {
    if (!Object.hasOwn(known, name)) throw noSuchService(name, project);
  }
}

/** The plan, or every reason why there is none as an InvalidProject. */
export function planOrThrow(planned: Result<Plan, readonly Diagnostic[]>): Plan {
  if (planned.ok) return planned.value;
  throw new InvalidProject(planned.error);
}
