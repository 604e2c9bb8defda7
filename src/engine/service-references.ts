import type { Project, Service } from '../compose/model.ts';
import type { Separator } from '../scheduler/names.ts';
import { EngineError } from './errors.ts';

/** A container as others refer to it. */
export interface PeerContainer {
  readonly id: string;
  readonly name: string;
}

/** Containers by service, in the order of their names. */
export type Peers = Readonly<Record<string, readonly PeerContainer[]>>;

const PREFIX = 'service:';

/**
 * Replaces references to services (`network_mode: service:db`, `ipc`, `pid`, `volumes_from`) by
 * the id of their first container. The configuration hash of a container is that of the result.
 */
export function resolveServiceReferences(service: Service, peers: Peers): Service {
  const mode = (value: string | undefined, what: string): string | undefined =>
    value?.startsWith(PREFIX) === true
      ? `container:${firstOf(peers, value.slice(PREFIX.length), `${what} namespace`)}`
      : value;
  const networkMode = mode(service.network_mode, 'network');
  const ipc = mode(service.ipc, 'IPC');
  const pid = mode(service.pid, 'PID');
  const volumesFrom = service.volumes_from?.map((entry) => volumesSource(entry, peers).container);
  return {
    ...service,
    ...(networkMode === undefined ? {} : { network_mode: networkMode }),
    ...(ipc === undefined ? {} : { ipc }),
    ...(pid === undefined ? {} : { pid }),
    ...(volumesFrom === undefined ? {} : { volumes_from: volumesFrom }),
  };
}

/**
 * `volumes_from` as the engine gets it: containers with the mode that was asked for, which Compose
 * neither sends nor hashes.
 */
export function volumesFromContainers(
  service: Service,
  peers: Peers,
): readonly string[] | undefined {
  return service.volumes_from?.map((entry) => {
    const { container, mode } = volumesSource(entry, peers);
    return mode === '' ? container : `${container}:${mode}`;
  });
}

/** Reads `SERVICE[:MODE]` and `container:NAME[:MODE]`. */
function volumesSource(
  entry: string,
  peers: Peers,
): { readonly container: string; readonly mode: string } {
  const [name = '', ...rest] = entry.split(':');
  if (name === 'container') return { container: rest[0] ?? '', mode: rest[1] ?? '' };
  return { container: firstOf(peers, name, 'volume'), mode: rest[0] ?? '' };
}

function firstOf(peers: Peers, name: string, what: string): string {
  const container = peers[name]?.[0];
  if (container === undefined) {
    throw new EngineError(
      'invalid',
      `cannot share ${what} with service ${name}: container missing`,
    );
  }
  return container.id;
}

export interface LinkContext {
  readonly peers: Peers;
  /** Number of the container that links; one-offs have none. */
  readonly number: number;
  readonly oneOff: boolean;
  readonly separator: Separator;
}

/**
 * `container:alias` of `links` and `external_links`: each container of a linked service under the
 * alias, `service-N` and `project-service-N`, where N is the linking container's number.
 */
export function linkSettings(
  project: Project,
  service: Service,
  { peers, number, oneOff, separator }: LinkContext,
): readonly string[] {
  // The number that Compose calls its one-offs by.
  const own = oneOff ? -1 : number;
  const links = (service.links ?? []).flatMap((link) => {
    const [target = '', alias = target] = link.split(':');
    return (peers[target] ?? []).flatMap(({ name }) => [
      `${name}:${alias}`,
      `${name}:${[target, own].join(separator)}`,
      `${name}:${[project.name, target, own].join(separator)}`,
    ]);
  });
  const external = (service.external_links ?? []).map((link) => {
    const [target = '', alias = target] = link.split(':');
    return `${target}:${alias}`;
  });
  return [...links, ...external];
}
