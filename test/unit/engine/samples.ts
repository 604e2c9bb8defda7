import type { Project, Service } from '../../../src/compose/model.ts';
import type { ContainerContext } from '../../../src/engine/container-config.ts';

/** A project with a default network and nothing else. */
export function project(parts: Partial<Project> = {}): Project {
  return {
    name: 'p',
    workingDir: '/src',
    composeFiles: ['/src/compose.yaml'],
    envFiles: [],
    environment: {},
    profiles: [],
    services: {},
    disabledServices: {},
    networks: { default: { name: 'p_default' } },
    volumes: {},
    secrets: {},
    configs: {},
    models: {},
    ...parts,
  };
}

/** A service of the default network. */
export function service(parts: Partial<Service> = {}): Service {
  return { name: 'web', image: 'busybox', networks: { default: null }, ...parts };
}

/** A first replica on the newest engine. */
export function context(parts: Partial<ContainerContext> = {}): ContainerContext {
  return {
    apiVersion: '1.51',
    toolVersion: '9.9.9',
    hash: () => 'hash',
    number: 1,
    peers: {},
    ...parts,
  };
}
