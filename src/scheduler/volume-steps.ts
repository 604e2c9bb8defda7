import { planRemove, planStop } from './container-steps.ts';
import type { ObservedContainer } from './observed.ts';
import { stopDependents } from './stop-dependents.ts';
import type { UpContext } from './up-context.ts';
import type { VolumeDecision } from './volume-drift.ts';

/** Containers that mount a volume: as long as they exist, the engine does not let it go. */
export function usersOf(
  containers: readonly ObservedContainer[],
  volume: string,
): readonly ObservedContainer[] {
  return containers.filter(({ mounts }) =>
    mounts.some(({ type, name }) => type === 'volume' && name === volume),
  );
}

/**
 * Plans the project's volumes. `replaced` are those whose loss was agreed to; their users are
 * removed first and made anew when the services are planned.
 */
export function planVolumes(context: UpContext, replaced: readonly VolumeDecision[]): void {
  const { plan, volumes, volumeSteps } = context;
  const removals = removeUsers(context, replaced);
  for (const decision of volumes.values()) {
    const { key, name, verdict } = decision;
    const resource = `volume:${key}`;
    const create = { kind: 'create-volume', volume: key, name } as const;
    if (verdict === 'create' || verdict === 'rename') {
      const cause = verdict === 'create' ? 'not found' : 'renamed';
      volumeSteps.set(key, plan.add({ resource, cause, action: create }));
    } else if (replaced.includes(decision)) {
      const cause = 'configuration changed';
      const remove = { kind: 'remove-volume', name, bestEffort: false } as const;
      const removal = plan.add({ resource, cause, after: removals, action: remove });
      volumeSteps.set(key, plan.add({ resource, cause, after: [removal], action: create }));
    }
  }
}

function removeUsers(context: UpContext, replaced: readonly VolumeDecision[]): readonly number[] {
  const removals: number[] = [];
  for (const { key, name } of replaced) {
    for (const container of usersOf(context.observed.containers, name)) {
      if (context.removals.has(container.id)) continue;
      const cause = `volume ${key} configuration changed`;
      const after = stopDependents(context, container.service);
      planStop(context, container, { cause, after });
      removals.push(planRemove(context, container, { cause, volumes: false }));
    }
  }
  return removals;
}
