import type { Project, Service } from '../compose/model.ts';
import type { Observed, ObservedImage } from './observed.ts';

/** What stands between the parts of a name: `_` with `--compatibility`. */
export type Separator = '-' | '_';

/** Name of a replica: `container_name`, or project, service and number. */
export function containerName(
  project: Project,
  service: Service,
  number: number,
  separator: Separator = '-',
): string {
  return service.container_name ?? [project.name, service.name, number].join(separator);
}

/** Image of a service; one that is only built is named after project and service. */
export function imageName(project: Project, service: Service, separator: Separator = '-'): string {
  return service.image ?? [project.name, service.name].join(separator);
}

/** Platform a service is pinned to, by itself or by DOCKER_DEFAULT_PLATFORM. */
export function pinnedPlatform(project: Project, service: Service): string | undefined {
  return service.platform || project.environment['DOCKER_DEFAULT_PLATFORM'] || undefined;
}

/** Key in `Observed.images`: the reference, and the platform where the service pins one. */
export function imageKey(reference: string, platform: string | undefined): string {
  return platform === undefined || platform === '' ? reference : `${reference}@${platform}`;
}

/** The local image that a service would run; undefined where it is missing. */
export function localImage(
  { images }: Observed,
  project: Project,
  service: Service,
  separator: Separator = '-',
): ObservedImage | undefined {
  const reference = imageName(project, service, separator);
  return images.get(imageKey(reference, pinnedPlatform(project, service)));
}

/** Name of a network or volume at the engine. */
export function resourceName(
  project: Project,
  key: string,
  resource: { readonly name?: string },
): string {
  return resource.name ?? `${project.name}_${key}`;
}

/** Number of replicas that a service asks for. */
export function scaleOf(service: Service): number {
  return service.scale ?? service.deploy?.replicas ?? 1;
}

/** The twelve characters by which people know an id, without the kind of digest. */
export function shortId(id: string): string {
  return id.replace(/^sha256:/, '').slice(0, 12);
}
