import { planStop, resourceOf } from './container-steps.ts';
import type { NetworkDecision } from './network-drift.ts';
import type { ObservedContainer } from './observed.ts';
import { existing } from './plan-builder.ts';
import { planStopServices } from './stop-order.ts';
import type { UpContext } from './up-context.ts';

/**
 * Plans the project's networks. One whose configuration changed is replaced: everything attached is
 * stopped, dependents first, and disconnected, and what stays is connected again with its own endpoint settings.
 */
export function planNetworks(context: UpContext): void {
  for (const decision of context.networks.values()) {
    switch (decision.verdict) {
      case 'keep':
        break;
      case 'create':
        planNetworkCreation(context, decision, 'not found', []);
        break;
      case 'replace':
      case 'rename':
        replace(context, decision);
        break;
    }
  }
}

/** Plans to create a network. */
export function planNetworkCreation(
  { plan, networkSteps }: Pick<UpContext, 'plan' | 'networkSteps'>,
  { key, name }: NetworkDecision,
  cause: string,
  after: readonly number[],
): number {
  const action = { kind: 'create-network', network: key, name } as const;
  const step = plan.add({ resource: `network:${key}`, cause, after, action });
  networkSteps.set(key, step);
  return step;
}

function replace(context: UpContext, decision: NetworkDecision): void {
  const { plan, observed } = context;
  const { key, live, verdict } = decision;
  if (live === undefined) throw new Error(`network ${key} has nothing to replace`);
  const cause = `network ${key} ${verdict === 'rename' ? 'was renamed' : 'configuration changed'}`;
  const attached = observed.containers.filter(({ networks }) =>
    Object.values(networks).includes(live.id),
  );
  planStopServices(context, { cause }, (_service, container) => attached.includes(container));
  const disconnects = attached.map((container) => {
    const stop = planStop(context, container, { cause });
    const step = plan.add({
      resource: resourceOf(container),
      cause,
      after: stop === undefined ? [] : [stop],
      action: {
        kind: 'disconnect-network',
        container: existing(container),
        id: live.id,
        name: live.name,
      },
    });
    remember(context, container, step);
    return step;
  });
  const removal = plan.add({
    resource: `network:${key}`,
    cause: verdict === 'rename' ? 'renamed' : 'configuration changed',
    after: disconnects,
    action: {
      kind: 'remove-network',
      id: live.id,
      name: live.name,
      bestEffort: verdict === 'rename',
    },
  });
  const creation = planNetworkCreation(
    context,
    decision,
    verdict === 'rename' ? 'renamed' : 'configuration changed',
    verdict === 'rename' ? [] : [removal],
  );
  for (const [index, container] of attached.entries()) {
    if (!stays(context, container, key)) continue;
    const step = plan.add({
      resource: resourceOf(container),
      cause,
      after: [creation, disconnects[index] ?? creation],
      action: {
        kind: 'connect-network',
        container: existing(container),
        service: container.service,
        network: key,
      },
    });
    remember(context, container, step);
  }
}

/** Whether a container lives on and still belongs to the network. */
function stays(
  { decisions, project, index }: UpContext,
  container: ObservedContainer,
  network: string,
): boolean {
  const decision = decisions.get(container.service);
  const service = project.services[container.service];
  if (container.oneOff || service === undefined || decision === undefined) {
    return !index.orphans.includes(container);
  }
  return decision.keep.includes(container) && Object.hasOwn(service.networks ?? {}, network);
}

function remember({ moves }: UpContext, { id }: ObservedContainer, step: number): void {
  moves.set(id, [...(moves.get(id) ?? []), step]);
}
