import type { Project } from '../compose/model.ts';
import { isActive } from './container-index.ts';
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

/** Plans to freeze what runs of the services (empty: all). */
export function planPause(project: Project, observed: Observed, services: readonly string[]): Plan {
  const concerned = replicas(project, observed, services).filter(
    ({ state }) => state === 'running',
  );
  return eachAtOnce(project, observed, concerned, (container) => ({
    kind: 'pause-container',
    container: existing(container),
  }));
}

/** Plans to let frozen containers of the services (empty: all) go on. */
export function planUnpause(
  project: Project,
  observed: Observed,
  services: readonly string[],
): Plan {
  const concerned = replicas(project, observed, services).filter(({ state }) => state === 'paused');
  return eachAtOnce(project, observed, concerned, (container) => ({
    kind: 'unpause-container',
    container: existing(container),
  }));
}

/** Replicas of the project's services (empty: all), without one-offs. */
function replicas(
  project: Project,
  { containers }: Observed,
  services: readonly string[],
): readonly ObservedContainer[] {
  return containers.filter(
    ({ service, oneOff }) =>
      !oneOff &&
      Object.hasOwn(project.services, service) &&
      (services.length === 0 || services.includes(service)),
  );
}

function eachAtOnce(
  project: Project,
  observed: Observed,
  containers: readonly ObservedContainer[],
  action: (container: ObservedContainer) => Action,
): Plan {
  const { plan } = planContext({ project, observed, services: project.services });
  for (const container of [...containers].sort((a, b) => (a.name < b.name ? -1 : 1))) {
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
