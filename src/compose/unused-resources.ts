import type { Project, Service } from './model.ts';

/** Drops networks, volumes, secrets, configs and models that no enabled service uses. */
export function withoutUnnecessaryResources(project: Project): Project {
  const services = Object.values(project.services);
  return {
    ...project,
    networks: keep(project.networks, services, ({ networks }) => Object.keys(networks ?? {})),
    volumes: keep(project.volumes, services, namedVolumes),
    secrets: keep(project.secrets, services, ({ secrets = [], build }) =>
      [...secrets, ...(build?.secrets ?? [])].map(({ source = '' }) => source),
    ),
    configs: keep(project.configs, services, ({ configs = [] }) =>
      configs.map(({ source = '' }) => source),
    ),
    models: keep(project.models, services, ({ models }) => Object.keys(models ?? {})),
  };
}

function namedVolumes({ volumes = [] }: Service): string[] {
  return volumes.flatMap(({ type, source = '' }) => (type === 'volume' ? [source] : []));
}

function keep<Resource>(
  resources: Readonly<Record<string, Resource>>,
  services: readonly Service[],
  namesUsedBy: (service: Service) => readonly string[],
): Readonly<Record<string, Resource>> {
  const used = new Set(services.flatMap(namesUsedBy));
  return Object.fromEntries(Object.entries(resources).filter(([name]) => used.has(name)));
}
