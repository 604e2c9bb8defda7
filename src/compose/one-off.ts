import type { Deploy, Port, Service, ServiceVolume, StringMap } from './model.ts';

/** What `run` changes about a service for the one container that it makes. */
export interface OneOffChanges {
  /** Name of the container. */
  readonly containerName: string;
  /** Empty: the service's own. */
  readonly command: readonly string[];
  /** Absent: the service's own. Another one comes without the service's command. */
  readonly entrypoint: readonly string[] | undefined;
  readonly tty: boolean;
  readonly interactive: boolean;
  /** Empty: the service's own; the same for `workingDir`. */
  readonly user: string;
  readonly workingDir: string;
  readonly capAdd: readonly string[];
  readonly capDrop: readonly string[];
  /** Over the service's own; the same for `labels`. */
  readonly environment: StringMap;
  readonly labels: StringMap;
  /** After the service's own: of two for the same target the later one counts. */
  readonly volumes: readonly ServiceVolume[];
  /** `service`: those of the service. */
  readonly ports: readonly Port[] | 'service';
}

/**
 * The service as `run` makes a container of it: with what was asked for instead, without ports
 * unless they were asked for, and never restarted.
 */
export function oneOffService(service: Service, changes: OneOffChanges): Service {
  const { restart: _restart, deploy, ports, ...kept } = service;
  const { user, workingDir, environment, labels, volumes } = changes;
  const published = changes.ports === 'service' ? (ports ?? []) : changes.ports;
  return {
    ...kept,
    ...commandLine(kept, changes),
    ...capabilities(kept, changes),
    ...(deploy === undefined ? {} : { deploy: withoutRestartPolicy(deploy) }),
    ...(published.length === 0 ? {} : { ports: published }),
    ...(user === '' ? {} : { user }),
    ...(workingDir === '' ? {} : { working_dir: workingDir }),
    ...merged('environment', kept.environment, environment),
    ...merged('labels', kept.labels, labels),
    ...(volumes.length === 0 ? {} : { volumes: [...(kept.volumes ?? []), ...volumes] }),
    container_name: changes.containerName,
    scale: 1,
    tty: changes.tty,
    stdin_open: changes.interactive,
  };
}

function commandLine(
  service: Service,
  { command, entrypoint }: OneOffChanges,
): Pick<Service, 'command' | 'entrypoint'> {
  if (entrypoint !== undefined) return { entrypoint, command };
  const own = service.command === undefined ? {} : { command: service.command };
  return command.length === 0 ? own : { command };
}

/** What is added is dropped no more; what is dropped is not added, even by the same command. */
function capabilities(
  service: Service,
  { capAdd, capDrop }: OneOffChanges,
): Pick<Service, 'cap_add' | 'cap_drop'> {
  const added = [...(service.cap_add ?? []), ...capAdd].filter((one) => !capDrop.includes(one));
  const dropped = [...(service.cap_drop ?? []).filter((one) => !capAdd.includes(one)), ...capDrop];
  return {
    ...(service.cap_add === undefined && capAdd.length === 0 ? {} : { cap_add: added }),
    ...(service.cap_drop === undefined && capDrop.length === 0 ? {} : { cap_drop: dropped }),
  };
}

function withoutRestartPolicy(deploy: Deploy): Deploy {
  const { restart_policy: _policy, ...rest } = deploy;
  return rest;
}

function merged<K extends 'environment' | 'labels'>(
  key: K,
  own: Service[K],
  more: StringMap,
): Pick<Service, K> | Record<string, never> {
  if (Object.keys(more).length === 0) return {};
  return { [key]: { ...own, ...more } } as Pick<Service, K>;
}
