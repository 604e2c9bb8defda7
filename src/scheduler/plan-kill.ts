import type { Project } from '../compose/model.ts';
import { compareText, isActive } from './container-index.ts';
import { resourceOf } from './container-steps.ts';
import type { Observed, ObservedContainer } from './observed.ts';
import { planContext } from './plan-context.ts';
import { existing } from './plan-builder.ts';
import type { Action, Plan } from './plan.ts';

export interface KillOptions {
  /** Services to kill; empty: all. */
  readonly services: readonly string[];
  /** `SIGKILL`, `HUP`, `9`. */
  readonly signal: string;
  /** Also containers of services that the project does not know. */
  readonly removeOrphans: boolean;
}

/** Plans to send a signal to everything that runs, one-offs included, all at once. */
export function planKill(project: Project, observed: Observed, options: KillOptions): Plan {
  const { services, signal, removeOrphans } = options;
  const concerned = observed.containers.filter(
    (container) =>
      isActive(container) &&
      (services.length === 0 || services.includes(container.service)) &&
      (removeOrphans || Object.hasOwn(project.services, container.service)),
  );
  return eachAtOnce(project, observed, concerned, (container) => ({
    kind: 'kill-container',
    container: existing(container),
    signal,
  }));
}

/** A plan, and the containers that it leaves out because they are in the wanted state. */
export interface FreezePlan {
  readonly plan: Plan;
  readonly settled: readonly ObservedContainer[];
}

/** Plans to freeze what runs of the services (empty: all). */
export function planPause(
  project: Project,
  observed: Observed,
  services: readonly string[],
): FreezePlan {
  const active = activeReplicas(project, observed, services);
  const plan = eachAtOnce(project, observed, active.filter(isMoving), (container) => ({
    kind: 'pause-container',
    container: existing(container),
  }));
  return { plan, settled: active.filter((container) => !isMoving(container)) };
}

/** Plans to let frozen containers of the services (empty: all) go on. */
export function planUnpause(
  project: Project,
  observed: Observed,
  services: readonly string[],
): FreezePlan {
  const active = activeReplicas(project, observed, services);
  const frozen = active.filter((container) => !isMoving(container));
  const plan = eachAtOnce(project, observed, frozen, (container) => ({
    kind: 'unpause-container',
    container: existing(container),
  }));
  return { plan, settled: active.filter(isMoving) };
}

function isMoving({ state }: ObservedContainer): boolean {
  return state !== 'paused';
}

/** What runs of the project's services (empty: all), frozen or not, without one-offs; by name. */
function activeReplicas(
  project: Project,
  { containers }: Observed,
  services: readonly string[],
): readonly ObservedContainer[] {
  return containers
    .filter(
      (container) =>
        isActive(container) &&
        !container.oneOff &&
        Object.hasOwn(project.services, container.service) &&
        (services.length === 0 || services.includes(container.service)),
    )
    .toSorted((left, right) => compareText(left.name, right.name));
}

function eachAtOnce(
  project: Project,
  observed: Observed,
  containers: readonly ObservedContainer[],
  action: (container: ObservedContainer) => Action,
): Plan {
  const { plan } = planContext({ project, observed, services: project.services });
  for (const container of containers.toSorted((a, b) => compareText(a.name, b.name))) {
    const made = action(container);
    const [verb] = made.kind.split('-');
    plan.add({
      resource: resourceOf(container),
      cause: `${verb} was asked for`,
      action: made,
    });
  }
  return plan.build();
}
