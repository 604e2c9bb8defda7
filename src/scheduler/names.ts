import type { Project, Service } from '../compose/model.ts';

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

/** Key in `Observed.images`: the reference, and the platform where the service pins one. */
export function imageKey(reference: string, platform: string | undefined): string {
  return platform === undefined || platform === '' ? reference : `${reference}@${platform}`;
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
