import { formatPlan, planToJson } from '../scheduler/format-plan.ts';
import type { Action, ContainerRef, Plan, Step } from '../scheduler/plan.ts';
import { formatTable } from '../output/table.ts';
import type { Operation } from './operation.ts';

export type PlanFormat = 'table' | 'text' | 'json';

/** Prints a plan on standard output: what would be done, to what, and why. */
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
      session.stdout.write(planTable(plan, engine.host));
  }
}

function planTable(plan: Plan, host: string): string {
  if (plan.steps.length === 0) return 'Nothing to do: everything is as the files say.\n';
  const names = containerNames(plan);
  const several = plan.steps.some((step) => step.host !== host);
  const heading = ['STEP', 'AFTER', 'ACTION', 'RESOURCE', ...(several ? ['HOST'] : []), 'WHY'];
  const rows = plan.steps.map((step) => [
    String(step.id),
    step.after.join(','),
    describe(step.action, names),
    resourceOf(step, names),
    ...(several ? [step.host] : []),
    step.cause,
  ]);
  return formatTable([heading, ...rows], { minWidth: 0 });
}

/** Name of the container that each creating step makes, by its id. */
function containerNames({ steps }: Plan): ReadonlyMap<number, string> {
  return new Map(
    steps.flatMap(({ id, action }) =>
      action.kind === 'create-container' ? [[id, action.name] as const] : [],
    ),
  );
}

function resourceOf({ action, resource }: Step, names: ReadonlyMap<number, string>): string {
  return 'container' in action ? nameOf(action.container, names) : resource;
}

function nameOf(reference: ContainerRef, names: ReadonlyMap<number, string>): string {
  return 'createdBy' in reference
    ? (names.get(reference.createdBy) ?? `#${reference.createdBy}`)
    : reference.name;
}

/** The kind of action, with what else matters: `rename to web-1`, `wait until healthy`. */
function describe(action: Action, names: ReadonlyMap<number, string>): string {
  const verb = action.kind.replaceAll('-', ' ');
  switch (action.kind) {
    case 'rename-container':
      return `rename to ${action.name}`;
    case 'wait-condition': {
      const waited = action.containers.map((container) => nameOf(container, names)).join(', ');
      return `wait until ${action.condition} (${waited})`;
    }
    case 'kill-container':
      return `${verb} (${action.signal})`;
    case 'run-hook':
      return `run ${action.phase} hook ${action.index}`;
    default:
      return verb;
  }
}
