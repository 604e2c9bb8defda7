import { formatTable } from '../output/table.ts';
import { formatPlan, planToJson } from '../scheduler/format-plan.ts';
import { planTable } from '../scheduler/plan-table.ts';
import type { Plan } from '../scheduler/plan.ts';
import type { Operation } from './operation.ts';

export type PlanFormat = 'table' | 'text' | 'json';

/**
 * Prints a plan on standard output: what would change and why. `table` has a row for each network,
 * volume, image and replica; `text` and `json` have every single step.
 */
export function printPlan(
  { session, engine }: Pick<Operation, 'session' | 'engine'>,
  plan: Plan,
  format: PlanFormat = 'table',
): void {
  switch (format) {
    case 'json':
      session.stdout.write(`${JSON.stringify(planToJson(plan), undefined, 2)}\n`);
      return;
    case 'text':
      session.stdout.write(formatPlan(plan));
      return;
    case 'table':
      session.stdout.write(tableOf(plan, engine.host));
  }
}

function tableOf(plan: Plan, ownHost: string): string {
  const rows = planTable(plan);
  if (rows.length === 0) return 'Nothing to do: everything is as the files say.\n';
  const several = rows.some(({ host }) => host !== ownHost);
  const heading = ['  CHANGE', 'RESOURCE', ...(several ? ['HOST'] : []), 'WHY'];
  const cells = rows.map(({ sign, change, resource, host, cause }) => [
    `${sign} ${change}`,
    resource,
    ...(several ? [host] : []),
    cause,
  ]);
  return formatTable([heading, ...cells], { minWidth: 0, padding: 3 });
}
