import { planStop, type StopSettings } from './container-steps.ts';
import type { ObservedContainer } from './observed.ts';
import { dependencyOrder, dependentsOf } from './service-order.ts';
import type { PlanContext } from './up-context.ts';

/**
 * Plans to stop services, each after everything that depends on it; replicas of one at once.
 * `concerns` picks them, the order counts across those that are left out. `provider` plans what
 * becomes of a service that has a provider instead of containers.
 */
export function planStopServices(
  context: PlanContext,
  settings: Pick<StopSettings, 'cause' | 'evenStopped'>,
  concerns: (service: string, container: ObservedContainer) => boolean,
  provider: (service: string, after: readonly number[]) => readonly number[] = () => [],
): void {
  const dependents = dependentsOf(context.services, 'all');
  const stopped = new Map<string, readonly number[]>();
  for (const name of [...dependencyOrder(context.services)].reverse()) {
    const gate = (dependents.get(name) ?? []).flatMap((other) => stopped.get(other) ?? []);
    const containers = replicasOf(context, name).filter((each) => concerns(name, each));
    const steps = [
      ...stopAll(context, containers, { ...settings, after: gate }),
      ...provider(name, gate),
    ];
    stopped.set(name, steps.length > 0 ? steps : gate);
  }
}

function stopAll(
  context: PlanContext,
  containers: readonly ObservedContainer[],
  settings: StopSettings,
): readonly number[] {
  return containers.flatMap((container) => planStop(context, container, settings) ?? []);
}

/** Replicas of a service by number. */
export function replicasOf({ index }: PlanContext, service: string): readonly ObservedContainer[] {
  return [...(index.replicas.get(service) ?? [])].sort((left, right) => left.number - right.number);
}
