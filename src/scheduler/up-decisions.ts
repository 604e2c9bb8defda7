import type { Diagnostic } from '../compose/diagnostic.ts';
import type { Project } from '../compose/model.ts';
import { fail, ok, type Result } from '../foundation/result.ts';
import { indexContainers, sortedSnapshot, type ContainerIndex } from './container-index.ts';
import { decideNetworks } from './network-drift.ts';
import type { Observed } from './observed.ts';
import { PlanBuilder } from './plan-builder.ts';
import { nothingPlanned } from './plan-context.ts';
import { decideService, type ServiceDecision } from './service-decision.ts';
import { dependencyOrder, dependentsOf, wantedServices } from './service-order.ts';
import { referenceIds } from './service-references.ts';
import type { UpContext } from './up-context.ts';
import { serviceFaults } from './up-faults.ts';
import type { UpOptions } from './up-options.ts';
import { decideVolumes, type VolumeDecision } from './volume-drift.ts';
import { usersOf } from './volume-steps.ts';

export interface UpDecisions {
  readonly context: UpContext;
  /** Diverged volumes that are replaced, with the loss of their data. */
  readonly lostVolumes: readonly VolumeDecision[];
}

type Input = Pick<
  UpContext,
  'project' | 'observed' | 'services' | 'index' | 'networks' | 'volumes'
>;

/** Decides what becomes of every resource, before a single step is planned. */
export function decideUp(
  project: Project,
  snapshot: Observed,
  options: UpOptions,
): Result<UpDecisions, readonly Diagnostic[]> {
  const observed = sortedSnapshot(snapshot);
  const network = decideNetworks(project, observed, options.hashes);
  const volume = decideVolumes(project, observed, options.hashes);
  const index = indexContainers(project, observed);
  const plan = new PlanBuilder(observed.host);
  const services = wantedServices(project, options);
  const faults = [...network.faults, ...volume.faults, ...serviceFaults(services, index)];
  if (faults.length > 0) return fail(faults);
  for (const text of [...network.warnings, ...volume.warnings]) plan.warn(text);
  const { networks } = network;
  const { volumes } = volume;
  const input: Input = { project, observed, services, index, networks, volumes };
  const lostVolumes = agreedLosses(input, options, plan);
  return ok({
    lostVolumes,
    context: {
      ...input,
      plan,
      timeout: options.timeout,
      separator: options.separator,
      restartDependents: dependentsOf(services, 'restart'),
      inheritVolumes: !options.renewAnonymousVolumes,
      decisions: decideServices(input, options, lostVolumes),
      ...nothingPlanned(),
      networkSteps: new Map(),
      volumeSteps: new Map(),
    },
  });
}

/** A volume is only replaced when that was agreed to and all its users can be made anew. */
function agreedLosses(
  { volumes, observed, services, index }: Input,
  { recreateVolumes }: UpOptions,
  plan: PlanBuilder,
): readonly VolumeDecision[] {
  return [...volumes.values()].filter(({ key, name, verdict }) => {
    if (verdict !== 'diverged') return false;
    if (!recreateVolumes.has(key)) {
      plan.warn(
        `volume "${name}" exists but doesn't match configuration in compose file; it is kept with its data`,
      );
      return false;
    }
    const foreign = usersOf(observed.containers, name).find(
      (container) =>
        !Object.hasOwn(services, container.service) ||
        index.replicas.get(container.service)?.includes(container) !== true,
    );
    if (foreign !== undefined) {
      plan.warn(
        `volume "${name}" is not recreated: container ${foreign.name}, which this run does not concern, uses it`,
      );
    }
    return foreign === undefined;
  });
}

function decideServices(
  input: Input,
  options: UpOptions,
  lostVolumes: readonly VolumeDecision[],
): ReadonlyMap<string, ServiceDecision> {
  const { services, index, observed } = input;
  const users = lostVolumes.flatMap(({ name }) => usersOf(observed.containers, name));
  const doomed = new Set(users.map(({ id }) => id));
  const recreated = new Set(users.map(({ service }) => service));
  const decisions = new Map<string, ServiceDecision>();
  for (const name of dependencyOrder(services)) {
    const service = services[name];
    // Providers have run before; here they only pass on what they depend on.
    if (service === undefined || service.provider !== undefined) continue;
    const named = options.services.length === 0 || options.services.includes(name);
    const decision = decideService(
      {
        ...input,
        service,
        policy: named ? options.recreate : options.recreateDependencies,
        hashes: options.hashes.service(service, referenceIds(service, index.replicas)),
        recreated,
        separator: options.separator,
        changes: options.changes,
        contents: options.contents,
      },
      replicasOf(index, name).filter(({ id }) => !doomed.has(id)),
    );
    if (decision.replace.length > 0) recreated.add(name);
    decisions.set(name, decision);
  }
  return decisions;
}

function replicasOf(index: ContainerIndex, name: string) {
  return index.replicas.get(name) ?? [];
}
