import type { Service } from '../compose/model.ts';
import type { ObservedContainer } from './observed.ts';

/** Services whose namespaces or volumes this one shares: it holds the ids of their containers. */
export function sharedServices(service: Service): readonly string[] {
  const modes = [service.network_mode, service.ipc, service.pid].flatMap(
    (mode) => serviceOfMode(mode) ?? [],
  );
  const volumes = (service.volumes_from ?? [])
    .filter((source) => !source.startsWith('container:'))
    .map((source) => source.split(':', 1)[0] ?? '');
  return [...new Set([...modes, ...volumes])].sort();
}

/** The service that a namespace mode such as `service:db` names. */
export function serviceOfMode(mode: string | undefined): string | undefined {
  return mode?.startsWith('service:') === true ? mode.slice('service:'.length) : undefined;
}

/** Services that `links` name. */
export function linkedServices(service: Service): readonly string[] {
  return [...new Set((service.links ?? []).map((link) => link.split(':', 1)[0] ?? ''))].sort();
}

/** Service → id of the container that stands for it, as hashes want it: the first by name. */
export function referenceIds(
  service: Service,
  replicas: ReadonlyMap<string, readonly ObservedContainer[]>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    sharedServices(service).flatMap((name) => {
      const first = replicas.get(name)?.[0];
      return first === undefined ? [] : [[name, first.id]];
    }),
  );
}
