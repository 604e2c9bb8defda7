import type { Project, Service } from '../compose/model.ts';
import { indexContainers, sortedSnapshot } from './container-index.ts';
import type { Separator } from './names.ts';
import type { Observed } from './observed.ts';
import { PlanBuilder } from './plan-builder.ts';
import { dependentsOf } from './service-order.ts';
import type { PlanContext } from './up-context.ts';

/** What the plans for containers that exist are made from. */
export interface ContextInput {
  readonly project: Project;
  readonly observed: Observed;
  readonly services: Readonly<Record<string, Service>>;
  /** Seconds to wait for a container to stop; undefined: what it was created with. */
  readonly timeout?: number | undefined;
  readonly separator?: Separator | undefined;
}

/** A context in which nothing has been planned yet. */
export function planContext({
  project,
  observed: snapshot,
  services,
  timeout,
  separator = '-',
}: ContextInput): PlanContext {
  const observed = sortedSnapshot(snapshot);
  return {
    project,
    observed,
    services,
    timeout,
    separator,
    plan: new PlanBuilder(observed.host),
    index: indexContainers(project, observed),
    restartDependents: dependentsOf(services, 'restart'),
    ...nothingPlanned(),
  };
}

/** What parts of planning tell each other, at the beginning. */
export function nothingPlanned(): Pick<
  PlanContext,
  'replicas' | 'stops' | 'removals' | 'aside' | 'moves' | 'renames' | 'ready'
> {
  return {
    replicas: new Map(),
    stops: new Map(),
    removals: new Map(),
    aside: new Map(),
    moves: new Map(),
    renames: new Map(),
    ready: new Map(),
  };
}

/** All services of a project, those that profiles or a selection leave out included. */
export function allServices(project: Project): Readonly<Record<string, Service>> {
  return { ...project.disabledServices, ...project.services };
}
