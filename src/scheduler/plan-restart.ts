import type { Project, Service } from '../compose/model.ts';
import { planHooks, resourceOf } from './container-steps.ts';
import type { Observed, ObservedContainer } from './observed.ts';
import { planContext } from './plan-context.ts';
import { existing } from './plan-builder.ts';
import { withDependents } from './plan-down.ts';
import type { Plan } from './plan.ts';
import { dependencyOrder } from './service-order.ts';
import { replicasOf } from './stop-order.ts';
import type { PlanContext } from './up-context.ts';

export interface RestartOptions {
  /** Services to restart, with those that restart with them; empty: all. */
  readonly services: readonly string[];
  readonly noDependencies: boolean;
  /** Seconds to wait for a container to stop; undefined: what it was created with. */
  readonly timeout: number | undefined;
}

/**
 * Plans to restart services. Of dependencies only those with `restart: true` count: they restart
 * first, and take their dependents with them.
 */
export function planRestart(project: Project, observed: Observed, options: RestartOptions): Plan {
  const { services: selected, noDependencies } = options;
  const all = restartDependencies(project.services);
  const chosen =
    selected.length === 0
      ? new Set(Object.keys(all))
      : noDependencies
        ? new Set(selected)
        : withDependents(all, selected);
  const services = Object.fromEntries(Object.entries(all).filter(([name]) => chosen.has(name)));
  const context = planContext({ ...options, project, observed, services });
  for (const name of dependencyOrder(services)) {
    const service = services[name];
    if (service === undefined) continue;
    const gate = restartGate(context, service);
    const named = selected.length === 0 || selected.includes(name);
    const cause = named ? 'restart was asked for' : 'a dependency restarts';
    const last = replicasOf(context, name).flatMap((container) => [
      ...planOne(context, service, container, { cause, after: gate }),
    ]);
    context.ready.set(name, last.length > 0 ? last : gate);
  }
  return context.plan.build();
}

function restartDependencies(
  services: Readonly<Record<string, Service>>,
): Readonly<Record<string, Service>> {
  return Object.fromEntries(
    Object.entries(services).map(([name, { depends_on: dependencies = {}, ...service }]) => {
      const kept = Object.entries(dependencies).filter(([, { restart }]) => restart === true);
      return [name, { ...service, depends_on: Object.fromEntries(kept) }];
    }),
  );
}

/** Restarted dependencies are waited for as when they first start. */
function restartGate(context: PlanContext, service: Service): readonly number[] {
  return Object.entries(service.depends_on ?? {})
    .filter(([name]) => Object.hasOwn(context.services, name))
    .flatMap(([name, { condition, required }]) => {
      const ready = context.ready.get(name) ?? [];
      const containers = replicasOf(context, name).map(existing);
      if (condition === 'service_started' || containers.length === 0) return ready;
      const step = context.plan.add({
        resource: `service:${name}`,
        cause: `needed by ${service.name}`,
        after: ready,
        action: {
          kind: 'wait-condition',
          service: name,
          containers,
          condition: condition === 'service_healthy' ? 'healthy' : 'completed',
          required,
        },
      });
      return [step];
    });
}

function planOne(
  context: PlanContext,
  service: Service,
  container: ObservedContainer,
  { cause, after }: { readonly cause: string; readonly after: readonly number[] },
): Iterable<number> {
  const { plan, timeout } = context;
  const resource = resourceOf(container);
  const hook = { cause, resource, service: service.name, container: existing(container) };
  const preStop = container.state === 'running' ? service.pre_stop : undefined;
  const before = planHooks(context, { ...hook, after, hooks: preStop ?? [], phase: 'pre_stop' });
  const restart = plan.add({
    resource,
    cause,
    after: before,
    action: {
      kind: 'restart-container',
      container: existing(container),
      ...(timeout === undefined ? {} : { timeout }),
    },
  });
  const hooks = service.post_start ?? [];
  return planHooks(context, { ...hook, after: [restart], hooks, phase: 'post_start' });
}
