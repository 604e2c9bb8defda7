import type { Project, Service } from './model.ts';

/** How many containers a service asks for: `scale`, else `deploy.replicas`, else one. */
export function replicaCount({ scale, deploy }: Pick<Service, 'scale' | 'deploy'>): number {
  return scale ?? deploy?.replicas ?? 1;
}

/** Writes `scale` of enabled services into their `deploy.replicas` too, where they have `deploy`. */
export function withReplicasFromScale(project: Project): Project {
  const services: Record<string, Service> = {};
  for (const [name, service] of Object.entries(project.services)) {
    const { scale, deploy } = service;
    services[name] =
      scale === undefined || deploy === undefined
        ? service
        : { ...service, deploy: { ...deploy, replicas: scale } };
  }
  return { ...project, services };
}
