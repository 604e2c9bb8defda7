import type { Diagnostic } from '../compose/diagnostic.ts';
import type { Project, Service } from '../compose/model.ts';
import { fail, ok, type Result } from '../foundation/result.ts';
import { scaleOf } from './names.ts';
import { sortedEntries } from './network-drift.ts';
import type { Observed } from './observed.ts';
import { planContext } from './plan-context.ts';
import { existing } from './plan-builder.ts';
import type { Plan } from './plan.ts';
import { dependenciesOf, dependencyOrder } from './service-order.ts';
import { planStartService } from './start-service.ts';
import { replicasOf } from './stop-order.ts';
import type { PlanContext } from './up-context.ts';
import { DependencyWaits, planFinalWaits } from './wait-steps.ts';

export interface StartOptions {
  /** Services to start with everything they depend on; empty: all. */
  readonly services: readonly string[];
  /** True: the plan ends when everything runs and is healthy. */
  readonly wait: boolean;
}

/** Plans to start containers that exist, in the order of dependencies, with waits and hooks. */
export function planStart(
  project: Project,
  observed: Observed,
  { services: selected, wait }: StartOptions,
): Result<Plan, readonly Diagnostic[]> {
  const services = withDependencies(project.services, selected);
  const context = planContext({ project, observed, services });
  const faults = missingContainers(context);
  if (faults.length > 0) return fail(faults);
  for (const name of Object.keys(services)) {
    const usable = replicasOf(context, name).filter(
      ({ state }) => state !== 'dead' && state !== 'removing',
    );
    const replicas = usable.map((container) => ({
      number: container.number,
      name: container.name,
      ref: existing(container),
      cause: 'start was asked for',
      created: undefined,
      prepared: [],
      kept: container,
      replaces: undefined,
    }));
    context.replicas.set(name, replicas);
  }
  const waits = new DependencyWaits(context);
  for (const name of dependencyOrder(services)) {
    const service = services[name];
    if (service === undefined) continue;
    planStartService(context, service, { gate: waits.gate(name), released: [] });
  }
  if (wait) planFinalWaits(context);
  return ok(context.plan.build());
}

function withDependencies(
  services: Readonly<Record<string, Service>>,
  selected: readonly string[],
): Readonly<Record<string, Service>> {
  if (selected.length === 0) return services;
  const found = new Set(selected);
  for (const name of found) for (const other of dependenciesOf(services, name)) found.add(other);
  return Object.fromEntries(Object.entries(services).filter(([name]) => found.has(name)));
}

/** Without any container nothing can start; without that of a dependency, its dependents cannot. */
function missingContainers({ services, index, plan }: PlanContext): readonly Diagnostic[] {
  const wanted = sortedEntries(services).filter(([, service]) => scaleOf(service) > 0);
  const isMissing = (name: string): boolean =>
    Object.hasOwn(services, name) &&
    services[name]?.provider === undefined &&
    wanted.some(([other]) => other === name) &&
    !index.replicas.has(name);
  if (wanted.length > 0 && wanted.every(([name]) => isMissing(name))) {
    return wanted.slice(0, 1).map(([name]) => ({
      severity: 'error',
      code: 'plan/no-container',
      message: `service "${name}" has no container to start`,
      path: `services.${name}`,
      hint: 'containers are made by "up" or "create"',
    }));
  }
  return wanted.flatMap(([name, { depends_on: dependencies = {} }]) =>
    sortedEntries(dependencies).flatMap(([other, { condition, required }]): Diagnostic[] => {
      if (condition === 'service_started' || !isMissing(other)) return [];
      const message = `${name} is missing dependency ${other}`;
      if (!required) plan.warn(message);
      const path = `services.${name}.depends_on.${other}`;
      return required ? [{ severity: 'error', code: 'plan/no-container', message, path }] : [];
    }),
  );
}
