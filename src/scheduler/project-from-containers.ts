import { byBytes } from '../compose/byte-order.ts';
import type {
  FileObject,
  HealthCheck,
  Network,
  Port,
  Service,
  ServiceNetwork,
  ServiceVolume,
  Volume,
} from '../compose/model.ts';

/** What of a container a Compose file can be made from. */
export interface FoundContainer {
  /** Name of the service that it belongs to. */
  readonly service: string;
  readonly image: string;
  readonly labels: Readonly<Record<string, string>>;
  /** `NAME=value` */
  readonly environment: readonly string[];
  readonly healthcheck?: HealthCheck;
  readonly mounts: readonly FoundMount[];
  readonly networks: readonly FoundNetwork[];
  readonly ports: readonly Port[];
}

export interface FoundMount {
  readonly type: string;
  /** Of a volume. */
  readonly name?: string;
  readonly driver?: string;
  readonly source: string;
  readonly target: string;
  readonly writable: boolean;
}

export interface FoundNetwork {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly internal: boolean;
}

export interface GeneratedProject {
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, Network>>;
  readonly volumes: Readonly<Record<string, Volume>>;
  readonly secrets: Readonly<Record<string, FileObject>>;
}

/** Where secrets are mounted. */
const SECRETS = '/run/secrets';

/** Labels that tools set and that mean nothing in a file. */
const TOOL_LABELS = ['com.docker.compose.', 'desktop.docker.io'];

/**
 * A project that would run such containers: containers of one service become its replicas, the last
 * of them says what the service is like, and what all of them mount comes together.
 */
export function projectFromContainers(containers: readonly FoundContainer[]): GeneratedProject {
  const services: Record<string, Service> = {};
  const networks: Record<string, Network> = {};
  const volumes: Record<string, Volume> = {};
  const secrets: Record<string, FileObject> = {};
  for (const container of containers) {
    services[container.service] = extended(services[container.service], container);
    for (const { name, internal } of container.networks) {
      networks[name] = internal ? { internal } : {};
    }
    for (const mount of container.mounts) {
      if (isSecret(mount)) secrets[secretName(mount)] = secretOf(mount);
      else if (mount.type === 'volume') volumes[mount.name ?? ''] = volumeOf(mount);
    }
  }
  return { services, networks, volumes, secrets };
}

function extended(before: Service | undefined, container: FoundContainer): Service {
  const { service: name, image, environment, healthcheck, mounts } = container;
  const labels = ownLabels(container.labels);
  const volumes = unique([
    ...(before?.volumes ?? []),
    ...mounts.filter((mount) => !isSecret(mount)).flatMap(serviceVolume),
  ]);
  const secrets = unique([
    ...(before?.secrets ?? []),
    ...mounts.filter(isSecret).map((mount) => ({
      source: secretName(mount),
      target: mount.target,
    })),
  ]);
  const ports = unique([...(before?.ports ?? []), ...container.ports]);
  const networks: Record<string, ServiceNetwork> = {};
  for (const each of container.networks) {
    networks[each.name] = each.aliases.length === 0 ? {} : { aliases: each.aliases };
  }
  return {
    name,
    image: before?.image ?? image,
    scale: (before?.scale ?? 0) + 1,
    environment: Object.fromEntries(environment.map(variable)),
    ...(healthcheck === undefined ? {} : { healthcheck }),
    ...(Object.keys(labels).length === 0 ? {} : { labels: before?.labels ?? labels }),
    ...(Object.keys(networks).length === 0 ? {} : { networks }),
    ...(ports.length === 0 ? {} : { ports }),
    ...(secrets.length === 0 ? {} : { secrets }),
    ...(volumes.length === 0 ? {} : { volumes }),
  };
}

/** `NAME=value`; a name alone has no value. */
function variable(text: string): readonly [string, string | null] {
  const equals = text.indexOf('=');
  return equals < 0 ? [text, null] : [text.slice(0, equals), text.slice(equals + 1)];
}

function ownLabels(labels: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const own = Object.entries(labels)
    .filter(([name]) => !TOOL_LABELS.some((prefix) => name.startsWith(prefix)))
    .toSorted(([a], [b]) => byBytes(a, b));
  return Object.fromEntries(own);
}

function serviceVolume(mount: FoundMount): readonly ServiceVolume[] {
  const { type, name, source, target, writable } = mount;
  const access = writable ? {} : { read_only: true };
  if (type === 'volume') return [{ type, source: name ?? '', target, ...access }];
  return type === 'bind' ? [{ type, source, target, ...access }] : [];
}

function volumeOf({ name, driver = 'local' }: FoundMount): Volume {
  return driver === 'local' || name === undefined ? {} : { name, driver };
}

function isSecret({ type, target }: FoundMount): boolean {
  return type === 'bind' && target.startsWith(SECRETS);
}

function secretName({ target }: FoundMount): string {
  return target.slice(target.lastIndexOf('/') + 1);
}

/** Docker Desktop shows files of the machine below `/host_mnt`. */
function secretOf(mount: FoundMount): FileObject {
  return { name: secretName(mount), file: mount.source.replace(/^\/host_mnt/, '') };
}

function unique<T>(values: readonly T[]): readonly T[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
