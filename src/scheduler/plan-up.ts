import type { Diagnostic } from '../compose/diagnostic.ts';
import type { Project } from '../compose/model.ts';
import { fail, ok, type Result } from '../foundation/result.ts';
import { planContestedNames } from './contested-names.ts';
import { planExchange } from './exchange-steps.ts';
import { planNetworks } from './network-steps.ts';
import type { Observed } from './observed.ts';
import { planOrphans } from './orphans.ts';
import type { Plan } from './plan.ts';
import { planPortOrder } from './port-order.ts';
import { planRemovals, planReplicas } from './replica-steps.ts';
import { dependencyOrder } from './service-order.ts';
import { linkedServices, sharedServices } from './service-references.ts';
import { planStartService } from './start-service.ts';
import { decideUp, type UpDecisions } from './up-decisions.ts';
import type { UpContext } from './up-context.ts';
import type { UpOptions } from './up-options.ts';
import { planVolumes } from './volume-steps.ts';
import { DependencyWaits, planFinalWaits } from './wait-steps.ts';

/**
 * Compares a project with what an engine has and plans everything that `create`, `up` and `scale`
 * do: networks, volumes, containers, and with `start` also starting, waiting and hooks. Images must
 * be there already (`planImages`). Fails with all faults that the engine would refuse later.
 */
export function planUp(
  project: Project,
  observed: Observed,
  options: UpOptions,
): Result<Plan, readonly Diagnostic[]> {
  const decided = decideUp(project, observed, options);
  if (!decided.ok) return fail(decided.error);
  const { context } = decided.value;
  planDecided(decided.value, options, new DependencyWaits(context));
  return ok(context.plan.build());
}

/** Plans what was decided; waits go through `waits`, so that whoever plans on can use them too. */
export function planDecided(
  { context, lostVolumes }: UpDecisions,
  options: UpOptions,
  waits: DependencyWaits,
): void {
  const order = dependencyOrder(context.services);
  planNetworks(context);
  planVolumes(context, lostVolumes);
  planOrphans(context, options.orphans);
  for (const decision of context.decisions.values()) planRemovals(context, decision);
  planContestedNames(context);
  const late = lateServices(context, order);
  for (const name of order) if (!late.has(name)) planServiceReplicas(context, name);
  if (options.start) planStarts(context, { order, late, waits });
  else {
    for (const name of order) {
      if (late.has(name)) planServiceReplicas(context, name);
      planExchange(context, name);
    }
  }
  if (options.start && options.wait) planFinalWaits(context);
}

function planServiceReplicas(context: UpContext, name: string): void {
  const decision = context.decisions.get(name);
  if (decision !== undefined) planReplicas(context, decision);
}

/**
 * Services whose containers can only be created once others carry their final names: links name
 * containers, and a replacement gets its name just before it starts.
 */
function lateServices(context: UpContext, order: readonly string[]): ReadonlySet<string> {
  const late = new Set<string>();
  for (const name of order) {
    const service = context.services[name];
    if (service === undefined) continue;
    const linked = linkedServices(service);
    const renamed = linked.some((other) => context.decisions.get(other)?.replace.length);
    if (renamed || [...linked, ...sharedServices(service)].some((other) => late.has(other))) {
      late.add(name);
    }
  }
  return late;
}

interface Starts {
  readonly order: readonly string[];
  readonly late: ReadonlySet<string>;
  readonly waits: DependencyWaits;
}

function planStarts(context: UpContext, { order, late, waits }: Starts): void {
  const ports = planPortOrder(context);
  for (const name of order) {
    const service = context.services[name];
    if (service === undefined) continue;
    if (late.has(name)) planServiceReplicas(context, name);
    planStartService(context, service, {
      gate: waits.gate(name),
      released: ports.get(name) ?? [],
    });
  }
}
