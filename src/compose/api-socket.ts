import type { Project, Service } from './model.ts';

const SOCKET = '/var/run/docker.sock';
/** Name of the config that holds logins; no file can declare it. */
const CONFIG = '#apisocket';
const CONFIG_DIRECTORY = '/run/secrets/docker';

/** Whether a service wants to talk to the engine. */
export function usesApiSocket({ services }: Pick<Project, 'services'>): boolean {
  return Object.values(services).some((service) => service.use_api_socket === true);
}

/**
 * Gives services with `use_api_socket` the engine's socket and a docker configuration with logins to
 * registries, unless they set DOCKER_CONFIG themselves. As in Compose this is a change of the project:
 * the socket is a mount and the configuration a config, whose text no label shows.
 */
export function withApiSocket(project: Project, configuration: string): Project {
  if (!usesApiSocket(project)) return project;
  const services = Object.entries(project.services).map(
    ([name, service]) =>
      [name, service.use_api_socket === true ? withSocket(service) : service] as const,
  );
  return {
    ...project,
    services: Object.fromEntries(services),
    configs: { ...project.configs, [CONFIG]: { content: configuration } },
  };
}

function withSocket(service: Service): Service {
  const { environment = {}, volumes = [], configs = [] } = service;
  return {
    ...service,
    environment: { DOCKER_CONFIG: CONFIG_DIRECTORY, ...environment },
    volumes: [...volumes, { type: 'bind', source: SOCKET, target: SOCKET }],
    configs: [...configs, { source: CONFIG, target: `${CONFIG_DIRECTORY}/config.json` }],
  };
}
