import { planRemove, planStop } from './container-steps.ts';
import type { PlanContext } from './up-context.ts';

/** Warns of orphans, or plans to remove them. */
export function planOrphans(context: PlanContext, policy: 'warn' | 'remove' | 'ignore'): void {
  const { orphans } = context.index;
  if (orphans.length === 0 || policy === 'ignore') return;
  if (policy === 'warn') {
    const names = orphans.map(({ name }) => name).join(', ');
    context.plan.warn(
      `Found orphan containers (${names}) for this project. If you removed or renamed this service in your compose file, you can run this command with the --remove-orphans flag to clean it up.`,
    );
    return;
  }
  for (const orphan of orphans) {
    if (context.removals.has(orphan.id)) continue;
    planStop(context, orphan, { cause: 'orphan', evenStopped: true });
    planRemove(context, orphan, { cause: 'orphan', volumes: false });
  }
}
