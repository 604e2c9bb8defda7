import type { Service } from '../compose/model.ts';
import { compareText } from './container-index.ts';
import { planRemove, planStop, resourceOf } from './container-steps.ts';
import { containerName } from './names.ts';
import type { ObservedContainer } from './observed.ts';
import type { ContainerRef } from './plan.ts';
import { existing } from './plan-builder.ts';
import { holderGone, isInterimName, recreateGroup, temporaryName } from './replacement.ts';
import type { ServiceDecision } from './service-decision.ts';
import { linkedServices, sharedServices } from './service-references.ts';
import type { Replica, UpContext } from './up-context.ts';

/** Plans to remove the containers that a service does not need any more. */
export function planRemovals(context: UpContext, { remove }: ServiceDecision): void {
  for (const { container, cause } of remove) {
    planStop(context, container, { cause, evenStopped: true });
    planRemove(context, container, { cause, volumes: false });
  }
}

/**
 * Plans the containers that a service lacks, replacements under a temporary name while the old one
 * still runs: what the engine refuses changes nothing. Removals must have been planned.
 */
export function planReplicas(
  context: UpContext,
  { service, keep, replace, create }: ServiceDecision,
): void {
  const draft: Draft = {
    service,
    after: infrastructure(context, service),
    peers: peersOf(context, service),
  };
  const replicas = [
    ...keep.map((container) => keepReplica(context, service, container)),
    ...replace.map(({ container, cause }) => replaceReplica(context, draft, container, cause)),
    ...create.map(({ number, cause }) => createReplica(context, draft, number, cause)),
  ];
  context.replicas.set(
    service.name,
    replicas.sort((left, right) => left.number - right.number),
  );
}

interface Draft {
  readonly service: Service;
  readonly after: readonly number[];
  readonly peers: Readonly<Record<string, readonly ContainerRef[]>>;
}

function keepReplica(context: UpContext, service: Service, container: ObservedContainer): Replica {
  const { project, separator, plan } = context;
  const { number } = container;
  const name = containerName(project, service, number, separator);
  const ref = existing(container);
  const kept = { number, ref, cause: 'up to date', created: undefined, kept: container };
  const rest = { ...kept, replaces: undefined };
  if (!isInterimName(container.name, name)) return { ...rest, name: container.name, prepared: [] };
  const rename = plan.add({
    resource: resourceOf(container),
    cause: 'name left by an interrupted replacement',
    after: holderGone(context, name),
    action: { kind: 'rename-container', container: ref, name },
  });
  return { ...rest, name, prepared: [rename] };
}

function replaceReplica(
  { project, separator, plan, inheritVolumes, aside: asides }: UpContext,
  { service, after, peers }: Draft,
  old: ObservedContainer,
  cause: string,
): Replica {
  const { number } = old;
  const name = containerName(project, service, number, separator);
  const aside = asides.get(old.id);
  const created = plan.add({
    resource: resourceOf(old),
    cause,
    after,
    group: recreateGroup(old),
    ...(aside === undefined
      ? {}
      : {
          rollback: [{ kind: 'rename-container', container: existing(old), name: old.name }],
        }),
    action: {
      kind: 'create-container',
      service: service.name,
      number,
      name: temporaryName(old, name),
      replaces: { id: old.id, name: old.name, inheritVolumes },
      peers,
    },
  });
  return { ...newReplica(number, name, cause, created), replaces: old, aside };
}

function createReplica(
  context: UpContext,
  { service, after, peers }: Draft,
  number: number,
  cause: string,
): Replica {
  const name = containerName(context.project, service, number, context.separator);
  const created = context.plan.add({
    resource: `service:${service.name}:${number}`,
    cause,
    after: [...after, ...holderGone(context, name)],
    action: { kind: 'create-container', service: service.name, number, name, peers },
  });
  return newReplica(number, name, cause, created);
}

function newReplica(number: number, name: string, cause: string, created: number): Replica {
  return {
    number,
    name,
    ref: { createdBy: created },
    cause,
    created,
    prepared: [created],
    kept: undefined,
    replaces: undefined,
  };
}

/** Steps that make what a new container of the service refers to. */
export function infrastructure(context: UpContext, service: Service): readonly number[] {
  const { networkSteps, volumeSteps, replicas, renames } = context;
  const networks = Object.keys(service.networks ?? {}).map((key) => networkSteps.get(key));
  const volumes = (service.volumes ?? []).map(({ type, source = '' }) =>
    type === 'volume' ? volumeSteps.get(source) : undefined,
  );
  const peers = referencedServices(service).flatMap((name) =>
    (replicas.get(name) ?? []).map(({ created }) => created),
  );
  const names = linkedServices(service).flatMap((name) => renames.get(name) ?? []);
  return [...networks, ...volumes, ...peers, ...names].filter((step) => step !== undefined);
}

function referencedServices(service: Service): readonly string[] {
  return [...new Set([...sharedServices(service), ...linkedServices(service)])].sort();
}

/** Containers of the services it refers to, by name: the first one stands for its service. */
export function peersOf({ replicas, index }: UpContext, service: Service): Draft['peers'] {
  return Object.fromEntries(
    referencedServices(service).map((name) => {
      const planned = [...(replicas.get(name) ?? [])]
        .sort((left, right) => compareText(left.name, right.name))
        .map(({ ref }) => ref);
      const present = (index.replicas.get(name) ?? []).map(existing);
      return [name, replicas.has(name) ? planned : present];
    }),
  );
}
