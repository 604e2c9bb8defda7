import { LABEL } from '../compose/labels.ts';
import type { Project, Service } from '../compose/model.ts';
import { planAnonymousVolumes } from './anonymous-volumes.ts';
import { planRemove, planStop } from './container-steps.ts';
import { imageName, localImage, resourceName, type Separator } from './names.ts';
import { sortedEntries } from './network-drift.ts';
import type { Observed, ObservedContainer } from './observed.ts';
import { allServices, planContext } from './plan-context.ts';
import type { Plan } from './plan.ts';
import { providerStop } from './plan-providers.ts';
import { dependentsOf } from './service-order.ts';
import { planStopServices, replicasOf } from './stop-order.ts';
import type { PlanContext } from './up-context.ts';
import { usersOf } from './volume-steps.ts';

export interface DownOptions {
  /** Services to take down with everything that depends on them; empty: the whole project. */
  readonly services: readonly string[];
  readonly removeOrphans: boolean;
  /** Seconds to wait for a container to stop; undefined: what it was created with. */
  readonly timeout: number | undefined;
  /** Also remove declared volumes and anonymous ones, with their data. */
  readonly volumes: boolean;
  /** `local`: images that were only built, `all`: of every service. */
  readonly images: 'none' | 'local' | 'all';
  readonly separator: Separator;
}

const CAUSE = 'project is taken down';

/**
 * Plans to remove what a project has at an engine: its containers, also those of services that
 * profiles leave out, then networks and what was asked for besides. A plan without steps means that
 * there is nothing. For a project without files see `projectFromLabels`.
 */
export function planDown(project: Project, observed: Observed, options: DownOptions): Plan {
  const services = allServices(project);
  const context = planContext({ ...options, project, observed, services });
  const whole = options.services.length === 0;
  const concerned = whole ? undefined : withDependents(services, options.services);
  const concerns = (name: string): boolean => concerned?.has(name) ?? true;
  const stopping = { cause: CAUSE, evenStopped: true };
  planStopServices(context, stopping, concerns, providerStop(context, 'down', CAUSE, concerns));
  for (const name of Object.keys(services).sort()) {
    if (!concerns(name)) continue;
    for (const container of replicasOf(context, name)) remove(context, container, CAUSE, options);
  }
  removeOthers(context, options, whole);
  removeNetworks(context, whole);
  if (options.images !== 'none') removeImages(context, options, concerns);
  if (options.volumes) {
    removeVolumes(context);
    planAnonymousVolumes(context);
  }
  return context.plan.build();
}

/** The services and, however far away, all that depend on them. */
export function withDependents(
  services: Readonly<Record<string, Service>>,
  names: readonly string[],
): ReadonlySet<string> {
  const dependents = dependentsOf(services, 'all');
  const found = new Set(names);
  for (const name of found) for (const other of dependents.get(name) ?? []) found.add(other);
  return found;
}

function remove(
  context: PlanContext,
  container: ObservedContainer,
  cause: string,
  { volumes }: DownOptions,
): void {
  planStop(context, container, { cause, evenStopped: true });
  planRemove(context, container, { cause, volumes });
}

/** Orphans and one-offs only when that was asked for; what hooks left always. */
function removeOthers(context: PlanContext, options: DownOptions, whole: boolean): void {
  const { orphans, activeOneOffs, hooks } = context.index;
  if (options.removeOrphans) {
    // Volumes of orphans may be wanted: nobody said what they are.
    const kept = { ...options, volumes: false };
    for (const container of orphans) remove(context, container, 'orphan', kept);
    for (const container of activeOneOffs) remove(context, container, 'one-off', kept);
  }
  if (whole) for (const container of hooks) remove(context, container, 'left by a hook', options);
}

function removeNetworks(context: PlanContext, whole: boolean): void {
  const { project, observed, plan, removals } = context;
  for (const { id, name, labels } of observed.networks) {
    const key = labels[LABEL.network];
    if (labels[LABEL.project] !== project.name || key === undefined) continue;
    const declared = Object.hasOwn(project.networks, key);
    if (declared && project.networks[key]?.external === true) continue;
    const attached = observed.containers.filter(({ networks }) =>
      Object.values(networks).includes(id),
    );
    const inUse = attached.some((container) => !removals.has(container.id));
    if (inUse && !(whole && declared)) continue;
    plan.add({
      resource: `network:${key}`,
      cause: CAUSE,
      after: attached.flatMap((container) => removals.get(container.id) ?? []),
      action: { kind: 'remove-network', id, name, bestEffort: true },
    });
  }
}

function removeImages(
  context: PlanContext,
  { images, separator }: DownOptions,
  concerns: (service: string) => boolean,
): void {
  const { project, observed, services, plan, removals } = context;
  const planned = new Set<string>();
  for (const [name, service] of sortedEntries(services)) {
    const reference = imageName(project, service, separator);
    const present = localImage(observed, project, service, separator);
    if (!concerns(name) || present === undefined || planned.has(reference)) continue;
    if (images === 'local' && service.image !== undefined) continue;
    planned.add(reference);
    const users = observed.containers.filter(
      ({ image, imageId }) => image === reference || imageId === present.id,
    );
    plan.add({
      resource: `image:${reference}`,
      cause: CAUSE,
      after: users.flatMap(({ id }) => removals.get(id) ?? []),
      action: { kind: 'remove-image', image: reference, bestEffort: true },
    });
  }
}

function removeVolumes({ project, observed, plan, removals }: PlanContext): void {
  for (const [key, volume] of sortedEntries(project.volumes)) {
    const name = resourceName(project, key, volume);
    const live = observed.volumes.find((other) => other.name === name);
    if (volume.external === true || live === undefined) continue;
    if (live.labels[LABEL.project] !== project.name) {
      plan.warn(`volume "${name}" was not created for project "${project.name}"; it is kept`);
      continue;
    }
    const users = usersOf(observed.containers, name);
    plan.add({
      resource: `volume:${key}`,
      cause: CAUSE,
      after: users.flatMap(({ id }) => removals.get(id) ?? []),
      action: { kind: 'remove-volume', name, bestEffort: true },
    });
  }
}
