import type { Dependency, DependencyCondition } from '../compose/model.ts';
import { scaleOf } from './names.ts';
import type { ContainerRef, WaitCondition } from './plan.ts';
import { dependenciesOf } from './service-order.ts';
import { needsStart } from './start-service.ts';
import type { PlanContext, Replica } from './up-context.ts';

/** Plans waits for conditions of dependencies, each once for all services that wait for it. */
export class DependencyWaits {
  readonly #context: PlanContext;
  readonly #steps = new Map<string, number>();
  readonly #waiting: ReadonlyMap<string, readonly string[]>;

  constructor(context: PlanContext) {
    this.#context = context;
    this.#waiting = waitingServices(context);
  }

  /**
   * Steps after which all dependencies of a service are as it wants them. Without anything that
   * starts, neither of the service nor of the dependency, there is nothing to wait for.
   */
  gate(service: string, starts = isStarted(this.#context, service)): readonly number[] {
    const { services, ready } = this.#context;
    return dependenciesOf(services, service).flatMap((name) => {
      const dependency = services[service]?.depends_on?.[name];
      const settled = ready.get(name) ?? [];
      const condition = conditionOf(dependency?.condition);
      const concerns = starts || isStarted(this.#context, name);
      if (dependency === undefined || condition === undefined || !concerns) return settled;
      if (this.#isMet(name, condition)) return settled;
      return [this.#wait(name, condition, dependency)];
    });
  }

  /** Whether there is nothing to wait for: no replicas, or the snapshot shows the condition. */
  #isMet(name: string, condition: WaitCondition): boolean {
    const service = this.#context.services[name];
    if (service === undefined || service.provider !== undefined || scaleOf(service) === 0) {
      return true;
    }
    if (isStarted(this.#context, name)) return false;
    const replicas = this.#context.replicas.get(name) ?? [];
    return replicas.every(({ kept }) =>
      condition === 'healthy'
        ? kept?.state === 'running' && kept.health === 'healthy'
        : kept?.state === 'exited' && kept.exitCode === 0,
    );
  }

  #wait(name: string, condition: WaitCondition, { required }: Dependency): number {
    const key = waitKey(name, condition, required);
    const known = this.#steps.get(key);
    if (known !== undefined) return known;
    const step = this.#context.plan.add({
      resource: `service:${name}`,
      cause: `needed by ${listNames(this.#waiting.get(key) ?? [])}`,
      after: this.#context.ready.get(name) ?? [],
      action: {
        kind: 'wait-condition',
        service: name,
        containers: refs(this.#context.replicas.get(name)),
        condition,
        required,
      },
    });
    this.#steps.set(key, step);
    return step;
  }
}

/** Plans the waits of `--wait`: every service runs, and is healthy where it has a health check. */
export function planFinalWaits(context: PlanContext): void {
  const completed = new Set(
    Object.values(context.services).flatMap(({ depends_on: dependencies = {} }) =>
      Object.keys(dependencies).filter(
        (name) => dependencies[name]?.condition === 'service_completed_successfully',
      ),
    ),
  );
  for (const name of Object.keys(context.services).sort()) {
    const replicas = context.replicas.get(name) ?? [];
    const settled = replicas.every(
      ({ kept }) => kept?.state === 'running' && ['none', 'healthy'].includes(kept.health),
    );
    if (replicas.length === 0 || (settled && !isStarted(context, name))) continue;
    context.plan.add({
      resource: `service:${name}`,
      cause: 'wait was asked for',
      after: context.ready.get(name) ?? [],
      action: {
        kind: 'wait-condition',
        service: name,
        containers: refs(replicas),
        condition: completed.has(name) ? 'completed' : 'running-or-healthy',
        required: true,
      },
    });
  }
}

/** Whether the plan starts something of a service. */
function isStarted(context: PlanContext, name: string): boolean {
  return (context.replicas.get(name) ?? []).some((replica) => needsStart(context, replica));
}

function conditionOf(condition: DependencyCondition | undefined): WaitCondition | undefined {
  if (condition === 'service_healthy') return 'healthy';
  return condition === 'service_completed_successfully' ? 'completed' : undefined;
}

function waitKey(name: string, condition: WaitCondition, required: boolean): string {
  return `${name} ${condition} ${required}`;
}

function waitingServices({ services }: PlanContext): ReadonlyMap<string, readonly string[]> {
  const waiting = new Map<string, string[]>();
  for (const service of Object.keys(services).sort()) {
    for (const name of dependenciesOf(services, service)) {
      const { condition, required = true } = services[service]?.depends_on?.[name] ?? {};
      const wait = conditionOf(condition);
      if (wait === undefined) continue;
      const key = waitKey(name, wait, required);
      waiting.set(key, [...(waiting.get(key) ?? []), service]);
    }
  }
  return waiting;
}

/** How many names a list spells out. */
const LISTED = 3;

function listNames(names: readonly string[]): string {
  const more = names.length - LISTED;
  return names.slice(0, LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function refs(replicas: readonly Replica[] | undefined): readonly ContainerRef[] {
  return (replicas ?? []).map(({ ref }) => ref);
}
