import { LABEL } from '../compose/labels.ts';
import type { Project } from '../compose/model.ts';
import {
  configurationChanges,
  type ImageDefaults,
  type InspectedConfiguration,
} from '../engine/configuration-changes.ts';
import { containerRequest } from '../engine/container-config.ts';
import { mapLimited } from '../foundation/pool.ts';
import type { Observed, ObservedContainer } from '../scheduler/observed.ts';
import type { ProjectHashes } from './hashes.ts';
import { separatorOf } from './observe-project.ts';
import type { Operation } from './operation.ts';

/** Engine calls at a time. */
const PARALLEL = 8;

/**
 * For each container whose configuration hash is not what its service asks for: the fields that
 * changed. Costs two calls per such container, and nothing when everything is up to date.
 */
export async function configurationCauses(
  operation: Operation,
  {
    project,
    observed,
    hashes,
  }: { readonly project: Project; readonly observed: Observed; readonly hashes: ProjectHashes },
): Promise<ReadonlyMap<string, readonly string[]>> {
  const diverged = observed.containers.filter((container) => {
    const service = project.services[container.service];
    if (service === undefined || container.oneOff || sharesNamespaces(service)) return false;
    const label = container.labels[LABEL.configHash];
    return label !== undefined && !hashes.acceptable.service(service, {}).includes(label);
  });
  const causes = await mapLimited(diverged, PARALLEL, async (container) => {
    const changes = await changesOf(operation, project, container);
    return [container.id, changes] as const;
  });
  return new Map(causes);
}

/** Its hash holds ids of other containers; planning compares it when those are known. */
function sharesNamespaces(service: Project['services'][string]): boolean {
  const modes = [service.network_mode, service.ipc, service.pid];
  return (
    modes.some((mode) => mode?.startsWith('service:') === true) ||
    service.volumes_from !== undefined ||
    service.links !== undefined
  );
}

async function changesOf(
  { engine, session, global }: Operation,
  project: Project,
  container: ObservedContainer,
): Promise<readonly string[]> {
  const service = project.services[container.service];
  if (service === undefined) return [];
  const inspect = <T>(path: string): Promise<T> =>
    engine.client.send<T>({ method: 'GET', path }, session.signal);
  try {
    const [inspected, image] = await Promise.all([
      inspect<InspectedConfiguration>(`/containers/${container.id}/json`),
      inspect<{ readonly Config?: ImageDefaults }>(`/images/${container.imageId}/json`),
    ]);
    const { body } = containerRequest(project, service, {
      apiVersion: engine.client.apiVersion,
      toolVersion: session.version,
      separator: separatorOf({ global, session }),
      hash: () => '',
      number: container.number,
      peers: {},
    });
    return configurationChanges(body, inspected, image.Config ?? {});
  } catch {
    session.signal.throwIfAborted();
    // The image may be gone: then the cause stays general.
    return [];
  }
}
