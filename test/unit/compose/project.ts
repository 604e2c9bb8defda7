import type { Project, Service } from '../../../src/compose/model.ts';

/** A project of services that run an image and are otherwise as given. */
export function projectOf(
  services: Readonly<Record<string, Partial<Service>>>,
  rest: Partial<Project> = {},
): Project {
  return {
    name: 'demo',
    workingDir: '/p',
    composeFiles: ['/p/compose.yaml'],
    envFiles: [],
    environment: {},
    profiles: [],
    services: Object.fromEntries(
      Object.entries(services).map(([name, service]) => [name, { name, image: 'i', ...service }]),
    ),
    disabledServices: {},
    networks: {},
    volumes: {},
    secrets: {},
    configs: {},
    models: {},
    ...rest,
  };
}

/** Dependencies on services that only have to be started. */
export function dependsOn(...names: readonly string[]): Pick<Service, 'depends_on'> {
  const dependency = { condition: 'service_started', required: true } as const;
  return { depends_on: Object.fromEntries(names.map((name) => [name, dependency])) };
}
