import type { Project } from '../compose/model.ts';
import type { ConfigHashes } from './config-hashes.ts';
import { decideNetworks } from './network-drift.ts';
import { planNetworkCreation } from './network-steps.ts';
import type { Observed } from './observed.ts';
import { PlanBuilder } from './plan-builder.ts';
import type { Plan, ProviderCommand } from './plan.ts';
import { dependenciesOf, dependencyOrder, wantedServices } from './service-order.ts';
import type { PlanContext } from './up-context.ts';

export interface ProviderOptions {
  /** Services that were named; empty: all. */
  readonly services: readonly string[];
  readonly noDependencies: boolean;
  readonly hashes: ConfigHashes;
}

/**
 * Plans to get models, and to bring up the services that have a provider instead of containers. That comes before any
 * container is planned, as in Compose: what providers answer is part of the configuration of the
 * services that depend on them. They find the project's networks, and come after each other as
 * their dependencies say, however many services lie between them.
 */
export function planProviders(
  project: Project,
  observed: Observed,
  options: ProviderOptions,
): Plan {
  const plan = new PlanBuilder(observed.host);
  const models = Object.keys(project.models)
    .toSorted()
    .map((model) => planModel(plan, model));
  const services = wantedServices(project, options);
  const providers = dependencyOrder(services).filter(
    (name) => services[name]?.provider !== undefined,
  );
  if (providers.length === 0) return plan.build();
  const networks = [...decideNetworks(project, observed, options.hashes).networks.values()]
    .filter(({ verdict }) => verdict === 'create')
    .map((decision) =>
      planNetworkCreation({ plan, networkSteps: new Map() }, decision, 'not found', []),
    );
  /** Service → steps after which it, or what it depends on, is up. */
  const ready = new Map<string, readonly number[]>();
  for (const name of dependencyOrder(services)) {
    const before = dependenciesOf(services, name).flatMap((other) => ready.get(other) ?? []);
    const after = [...models, ...networks, ...before];
    const isProvider = services[name]?.provider !== undefined;
    ready.set(
      name,
      isProvider ? [planProvider(plan, name, 'up', { cause: CAUSE, after })] : before,
    );
  }
  return plan.build();
}

const CAUSE = 'provider service';

function planModel(plan: PlanBuilder, model: string): number {
  return plan.add({
    resource: `model:${model}`,
    cause: 'used by services',
    action: { kind: 'prepare-model', model },
  });
}

function planProvider(
  plan: PlanBuilder,
  service: string,
  command: ProviderCommand,
  step: { readonly cause: string; readonly after: readonly number[] },
): number {
  return plan.add({
    ...step,
    resource: `provider:${service}`,
    action: { kind: 'run-provider', service, command },
  });
}

/** Plans `stop` or `down` of services with a provider, in the order of `planStopServices`. */
export function providerStop(
  { project, plan }: PlanContext,
  command: ProviderCommand,
  cause: string,
  concerns: (service: string) => boolean,
): (service: string, after: readonly number[]) => readonly number[] {
  return (name, after) => {
    const isProvider =
      Object.hasOwn(project.services, name) && project.services[name]?.provider !== undefined;
    return isProvider && concerns(name)
      ? [planProvider(plan, name, command, { cause, after })]
      : [];
  };
}
