import type { Diagnostic } from '../compose/diagnostic.ts';
import type { Project, Service } from '../compose/model.ts';
import { fail, ok, type Result } from '../foundation/result.ts';
import { planHooks } from './container-steps.ts';
import type { Observed } from './observed.ts';
import { planContext, type ContextInput } from './plan-context.ts';
import type { PlanBuilder } from './plan-builder.ts';
import type { ContainerRef, OneOff, Plan } from './plan.ts';
import { planDecided } from './plan-up.ts';
import { infrastructure, peersOf } from './replica-steps.ts';
import { filesToWrite } from './start-service.ts';
import { decideUp } from './up-decisions.ts';
import type { PlanContext, UpContext } from './up-context.ts';
import type { UpOptions } from './up-options.ts';
import { DependencyWaits } from './wait-steps.ts';

export interface RunOptions {
  /** For everything that comes up before the one-off is made. */
  readonly up: UpOptions;
  readonly oneOff: OneOff;
  /** True: the plan starts it too; otherwise that is left to whoever attaches to it. */
  readonly start: boolean;
}

/**
 * Plans `run`: the services of `project` come up, then one more container is made of `service`, which
 * is not among them. Its name is the service's `container_name`.
 */
export function planRun(
  project: Project,
  observed: Observed,
  service: Service,
  { up, oneOff, start }: RunOptions,
): Result<Plan, readonly Diagnostic[]> {
  const decided = decideUp(project, observed, up);
  if (!decided.ok) return fail(decided.error);
  const { context } = decided.value;
  const waits = new DependencyWaits({
    ...context,
    services: { ...context.services, [service.name]: service },
  });
  planDecided(decided.value, up, waits);
  const made = planOneOff(context, service, { oneOff, gate: waits.gate(service.name, true) });
  if (start) {
    const { container } = made;
    const started = planStart(context.plan, service, made);
    planPostStart(context, service, { container, after: [started] });
  }
  return ok(context.plan.build());
}

/** Plans to start a one-off that somebody is attached to. */
export function planOneOffStart(
  input: ContextInput,
  service: Service,
  container: ContainerRef,
): Plan {
  const { plan } = planContext(input);
  planStart(plan, service, { container, after: [] });
  return plan.build();
}

/** Plans the hooks of a one-off that was started. */
export function planOneOffHooks(
  input: ContextInput,
  service: Service,
  container: ContainerRef,
): Plan {
  const context = planContext(input);
  planPostStart(context, service, { container, after: [] });
  return context.plan.build();
}

/** A container, and the steps before what is done to it next. */
interface Turn {
  readonly container: ContainerRef;
  readonly after: readonly number[];
}

/** Plans to create it, with its configs and secrets, once what it depends on is up. */
function planOneOff(
  context: UpContext,
  service: Service,
  { oneOff, gate }: { readonly oneOff: OneOff; readonly gate: readonly number[] },
): Turn {
  const { plan } = context;
  const created = plan.add({
    ...stepOf(service),
    after: [...gate, ...infrastructure(context, service)],
    action: {
      kind: 'create-container',
      service: service.name,
      number: 0,
      name: service.container_name ?? service.name,
      peers: peersOf(context, service),
      oneOff,
    },
  });
  const container: ContainerRef = { createdBy: created };
  const targets = filesToWrite(context, service);
  if (targets.length === 0) return { container, after: [created] };
  const written = plan.add({
    ...stepOf(service),
    after: [created],
    action: { kind: 'write-files', container, service: service.name, targets },
  });
  return { container, after: [written] };
}

function planStart(plan: PlanBuilder, service: Service, { container, after }: Turn): number {
  return plan.add({
    ...stepOf(service),
    after,
    action: { kind: 'start-container', container, service: service.name },
  });
}

function planPostStart(context: PlanContext, service: Service, turn: Turn): void {
  planHooks(context, {
    ...stepOf(service),
    ...turn,
    hooks: service.post_start ?? [],
    phase: 'post_start',
    service: service.name,
  });
}

function stepOf({ container_name: name = '' }: Service): { resource: string; cause: string } {
  return { resource: `container:${name}`, cause: 'run was asked for' };
}
