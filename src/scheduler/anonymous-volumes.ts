import { LABEL } from '../compose/labels.ts';
import type { PlanContext } from './up-context.ts';
import { usersOf } from './volume-steps.ts';

/**
 * Plans to remove the anonymous volumes of containers that go. The engine itself removes those that a
 * container was created with, but not those that it inherited from the container that it replaced.
 * What a container that stays uses stays too; whatever else uses one, the engine keeps it.
 */
export function planAnonymousVolumes({ observed, plan, removals }: PlanContext): void {
  for (const { name, labels } of observed.volumes) {
    if (labels[LABEL.anonymousVolume] === undefined) continue;
    const users = usersOf(observed.containers, name);
    const after = users.flatMap(({ id }) => removals.get(id) ?? []);
    if (users.length === 0 || after.length < users.length) continue;
    plan.add({
      resource: `volume:${name.slice(0, 12)}`,
      cause: 'anonymous volume of a container that goes',
      after,
      action: { kind: 'remove-volume', name, bestEffort: true, silent: true },
    });
  }
}
