import { planDown } from '../scheduler/plan-down.ts';
import type { Plan, Step } from '../scheduler/plan.ts';
import { converge } from './converge.ts';
import type { GlobalOptions } from './global-options.ts';
import { observeProject, separatorOf } from './observe-project.ts';
import { withOperation, type Operation } from './operation.ts';
import { withPlaces } from './places.ts';
import { printPlan, type PlanFormat } from './print-plan.ts';
import type { Session } from './session.ts';
import { openToCreate } from './up.ts';
import type { CreateRequest } from './up-request.ts';

export interface PlanRequest extends CreateRequest {
  readonly format: PlanFormat;
  /** The plan of `down` instead of that of `up`. */
  readonly down: boolean;
}

/** `plan`: shows what `up` (or `down`) would do and why; nothing is touched. */
export async function showPlan(
  session: Session,
  global: GlobalOptions,
  request: PlanRequest,
): Promise<number> {
  const { project, tree } = await openToCreate(session, global, request);
  const work = async (operation: Operation): Promise<number> => {
    if (request.down) {
      const observed = await observeProject(operation, project);
      const { services, removeOrphans, timeout } = request;
      const plan = planDown(project, observed, {
        services,
        removeOrphans,
        timeout,
        volumes: false,
        images: 'none',
        separator: separatorOf(operation),
      });
      printPlan(operation, plan, request.format);
      return 0;
    }
    const options = { start: true, wait: false, act: false };
    const { imagePlan, providerPlan, plan } = await converge(operation, project, request, options);
    for (const text of plan.warnings) session.stderr.write(`warning: ${text}\n`);
    printPlan(operation, joined(imagePlan, joined(providerPlan, plan)), request.format);
    return 0;
  };
  const settings = { title: 'plan', dryRun: true };
  return withPlaces(tree, () => withOperation(session, global, settings, work));
}

/** One plan: `first` first, everything that creates a container, gets a model or runs a provider after it. */
function joined(first: Plan, plan: Plan): Plan {
  const offset = first.steps.length;
  if (offset === 0) return plan;
  const all = first.steps.map(({ id }) => id);
  const shifted = plan.steps.map((step): Step => {
    const after = step.after.map((id) => id + offset);
    return {
      ...step,
      id: step.id + offset,
      after: COMES_AFTER.has(step.action.kind) ? [...all, ...after] : after,
      action: shiftReferences(step.action, offset),
    };
  });
  return { steps: [...first.steps, ...shifted], warnings: [...first.warnings, ...plan.warnings] };
}

const COMES_AFTER: ReadonlySet<Step['action']['kind']> = new Set<Step['action']['kind']>([
  'create-container',
  'run-provider',
  'prepare-model',
]);

/** References to the step that creates a container, moved with the steps. */
function shiftReferences<T>(value: T, offset: number): T {
  if (Array.isArray(value)) return value.map((item: unknown) => shiftReferences(item, offset)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]: [string, unknown]) => [
      key,
      key === 'createdBy' ? Number(part) + offset : shiftReferences(part, offset),
    ]),
  ) as T;
}
