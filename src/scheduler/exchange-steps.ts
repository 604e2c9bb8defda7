import { planRemove } from './container-steps.ts';
import { holderGone, isReplacement, planStopOld, recreateGroup } from './replacement.ts';
import { stopDependents } from './stop-dependents.ts';
import type { UpContext } from './up-context.ts';

/** Plans to put replacements in place without starting them, as `create` and `up --no-start` do. */
export function planExchange(context: UpContext, service: string): void {
  const replaced = (context.replicas.get(service) ?? []).filter(isReplacement);
  if (replaced.length === 0) return;
  const dependents = stopDependents(context, service);
  const renames = replaced.map((replica) => {
    const { replaces: old, created, cause, name, ref, number } = replica;
    const group = recreateGroup(old);
    planStopOld(context, replica, dependents);
    const removal = planRemove(context, old, { cause, group, after: [created], volumes: false });
    return context.plan.add({
      resource: `service:${service}:${number}`,
      cause,
      group,
      after: [removal, ...holderGone(context, name)],
      action: { kind: 'rename-container', container: ref, name },
    });
  });
  context.renames.set(service, renames);
}
