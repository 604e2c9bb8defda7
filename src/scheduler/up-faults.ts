import type { Diagnostic } from '../compose/diagnostic.ts';
import type { Service } from '../compose/model.ts';
import type { ContainerIndex } from './container-index.ts';
import { scaleOf } from './names.ts';
import { sortedEntries } from './network-drift.ts';
import { serviceOfMode } from './service-references.ts';

/** What cannot work, found before anything is changed. */
export function serviceFaults(
  services: Readonly<Record<string, Service>>,
  index: ContainerIndex,
): readonly Diagnostic[] {
  return sortedEntries(services).flatMap(([, service]) => [
    ...containerNameFault(service),
    ...sharingFaults(services, service, index),
    ...portFaults(service),
  ]);
}

const HIGHEST_PORT = 65535;

/** The long form of ports is not looked into when a project is loaded, as in Compose. */
function portFaults({ name, ports = [] }: Service): readonly Diagnostic[] {
  return ports.flatMap(({ published = '', target = 0 }, index) => {
    const beyond = published.split('-').find((port) => Number(port) > HIGHEST_PORT);
    const messages = [
      ...(beyond === undefined ? [] : [`Invalid hostPort: ${published}`]),
      ...(target > HIGHEST_PORT ? [`Invalid containerPort: ${target}`] : []),
    ];
    return messages.map((message) => ({
      severity: 'error',
      code: 'plan/port-number',
      message,
      path: `services.${name}.ports[${index}]`,
      hint: `ports end at ${HIGHEST_PORT}`,
    }));
  });
}

function containerNameFault(service: Service): readonly Diagnostic[] {
  const { name, container_name: containerName } = service;
  if (containerName === undefined || scaleOf(service) <= 1) return [];
  return [
    {
      severity: 'error',
      code: 'plan/container-name-scaled',
      message: `WARNING: The "${name}" service is using the custom container name "${containerName}". Docker requires each container to have a unique name. Remove the custom name to scale the service`,
      path: `services.${name}.container_name`,
    },
  ];
}

function sharingFaults(
  services: Readonly<Record<string, Service>>,
  service: Service,
  index: ContainerIndex,
): readonly Diagnostic[] {
  if (scaleOf(service) === 0) return [];
  const shared = [
    { what: 'network namespace', field: 'network_mode', name: serviceOfMode(service.network_mode) },
    { what: 'IPC namespace', field: 'ipc', name: serviceOfMode(service.ipc) },
    { what: 'PID namespace', field: 'pid', name: serviceOfMode(service.pid) },
    ...(service.volumes_from ?? [])
      .filter((source) => !source.startsWith('container:'))
      .map((source) => ({ what: 'volume', field: 'volumes_from', name: source.split(':', 1)[0] })),
  ];
  return shared.flatMap(({ what, field, name }): Diagnostic[] => {
    if (name === undefined || willExist(services, name, index)) return [];
    return [
      {
        severity: 'error',
        code: 'plan/shared-container-missing',
        message: `cannot share ${what} with service ${name}: container missing`,
        path: `services.${service.name}.${field}`,
        hint: `start service ${name} too, or give it at least one replica`,
      },
    ];
  });
}

function willExist(
  services: Readonly<Record<string, Service>>,
  name: string,
  index: ContainerIndex,
): boolean {
  const service = Object.hasOwn(services, name) ? services[name] : undefined;
  return service === undefined ? index.replicas.has(name) : scaleOf(service) > 0;
}
