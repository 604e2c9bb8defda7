import type { HealthCheck, Project, Service, StringMap } from '../compose/model.ts';
import { containerName, imageName, type Separator } from '../scheduler/names.ts';
import type { OneOff } from '../scheduler/plan.ts';
import { apiAtLeast } from './api-version.ts';
import { macAddress, networksByPriority, networkSettings } from './endpoint-settings.ts';
import type { EndpointSettings } from './endpoint-settings.ts';
import { EngineError } from './errors.ts';
import { hostConfig } from './host-config.ts';
import { containerLabels } from './labels.ts';
import { mountSettings, type InheritedMount } from './mounts.ts';
import { parsePlatform } from './platform.ts';
import { exposedPorts } from './ports.ts';
import { compact, orAbsent } from './request-body.ts';
import {
  linkSettings,
  resolveServiceReferences,
  volumesFromContainers,
  type Peers,
} from './service-references.ts';

/** Everything besides the project that decides how a container is created. */
export interface ContainerContext {
  readonly apiVersion: string;
  /** Value of the label `com.docker.compose.version`. */
  readonly toolVersion: string;
  /** Configuration hash of a service whose references were resolved. */
  readonly hash: (service: Service) => string;
  /** Replica number; 0 for one-offs. */
  readonly number: number;
  /** `_` with --compatibility; default `-`. */
  readonly separator?: Separator;
  readonly peers: Peers;
  /** Variables for every container (proxies); the service's own win. */
  readonly environment?: StringMap;
  readonly image?: {
    /** What the label `com.docker.compose.image` says. */
    readonly label: string;
    /** Paths that the image declares as volumes. */
    readonly volumes: readonly string[];
  };
  /** Mount target → digest of the image mounted there. */
  readonly imageVolumes?: StringMap;
  /** Present when another container is replaced: the mounts it had. */
  readonly replaces?: { readonly mounts: readonly InheritedMount[] };
  readonly seccompProfiles?: StringMap;
  readonly oneOff?: OneOff;
}

export interface ContainerRequest {
  /** Body of `POST /containers/create`. */
  readonly body: Record<string, unknown>;
  /** Parameter `platform`; absent: the engine's own. */
  readonly platform?: string;
  /** Networks to connect after creation. */
  readonly connect: readonly { readonly network: string; readonly endpoint: EndpointSettings }[];
}

/**
 * Request that creates a container of `service`, shaped for the negotiated API version. Throws an
 * EngineError when the service asks for something this version cannot do.
 */
export function containerRequest(
  project: Project,
  service: Service,
  context: ContainerContext,
): ContainerRequest {
  const resolved = resolveServiceReferences(service, context.peers);
  const { oneOff, number, apiVersion } = context;
  const links = linkSettings(project, service, {
    peers: context.peers,
    number,
    oneOff: oneOff !== undefined,
    separator: context.separator ?? '-',
  });
  const network = networkSettings(resolved, {
    project,
    apiVersion,
    containerName: containerName(project, service, number, context.separator),
    links,
    useAliases: oneOff === undefined || oneOff.useAliases,
  });
  const mounts = mountSettings(resolved, {
    project,
    apiVersion,
    inherited: context.replaces?.mounts ?? [],
    imageVolumes: context.image?.volumes ?? [],
  });
  const platform = platformParameter(project, service);
  return {
    body: {
      ...ownConfig(project, resolved, context),
      HostConfig: hostConfig(resolved, {
        networkMode: network.mode,
        mounts,
        links,
        autoRemove: oneOff?.autoRemove === true,
        volumesFrom: volumesFromContainers(service, context.peers),
        seccompProfiles: context.seccompProfiles ?? {},
      }),
      ...(Object.keys(network.atCreation).length > 0
        ? { NetworkingConfig: { EndpointsConfig: network.atCreation } }
        : {}),
    },
    connect: network.afterwards,
    ...(platform === undefined ? {} : { platform }),
  };
}

/** Platform a service is pinned to, by itself or by DOCKER_DEFAULT_PLATFORM. */
export function pinnedPlatform(project: Project, service: Service): string | undefined {
  return service.platform || project.environment.DOCKER_DEFAULT_PLATFORM || undefined;
}

function platformParameter(project: Project, service: Service): string | undefined {
  const pinned = pinnedPlatform(project, service);
  if (pinned === undefined) return undefined;
  const { os, architecture, variant } = parsePlatform(pinned);
  return [os, architecture, variant].filter((part) => part !== '').join('/');
}

/** `Config`: what the container is by itself. */
function ownConfig(
  project: Project,
  service: Service,
  context: ContainerContext,
): Record<string, unknown> {
  const { oneOff } = context;
  const interactive = oneOff?.attachInput === true;
  return compact({
    Hostname: service.hostname,
    Domainname: service.domainname,
    User: service.user,
    ExposedPorts: orAbsent(exposedPorts(service, context.apiVersion)),
    Tty: service.tty,
    OpenStdin: service.stdin_open,
    StdinOnce: interactive && service.stdin_open === true ? true : undefined,
    AttachStdin: interactive ? true : undefined,
    AttachStdout: true,
    AttachStderr: true,
    Cmd: service.command,
    Image: imageName(project, service, context.separator),
    WorkingDir: service.working_dir,
    Entrypoint: service.entrypoint,
    NetworkDisabled: service.network_mode === 'disabled' ? true : undefined,
    MacAddress: apiAtLeast(context.apiVersion, '1.44')
      ? undefined
      : macAddress(service, networksByPriority(service)[0] ?? 'default'),
    Labels: containerLabels(project, service, {
      version: context.toolVersion,
      configHash: context.hash(service),
      number: context.number,
      replaces: context.replaces !== undefined,
      ...(oneOff === undefined ? {} : { slug: oneOff.slug }),
      ...(context.image === undefined ? {} : { image: context.image.label }),
      ...(context.imageVolumes === undefined ? {} : { imageVolumes: context.imageVolumes }),
    }),
    StopSignal: service.stop_signal,
    Env: environmentList({ ...context.environment, ...service.environment }),
    Healthcheck: healthCheck(service),
    StopTimeout:
      service.stop_grace_period === undefined
        ? undefined
        : Math.trunc(service.stop_grace_period / 1e9),
  });
}

/** `KEY=value`; a bare `KEY` unsets what the image sets. */
export function environmentList(
  environment: Readonly<Record<string, string | null>>,
): readonly string[] {
  return Object.entries(environment).map(([key, value]) =>
    value === null ? key : `${key}=${value}`,
  );
}

function healthCheck({ name, healthcheck }: Service): object | undefined {
  if (healthcheck === undefined) return undefined;
  return compact({
    Test: healthcheck.disable === true ? ['NONE'] : healthcheck.test,
    Interval: healthcheck.interval ?? 0,
    Timeout: healthcheck.timeout ?? 0,
    Retries: healthcheck.retries ?? 0,
    StartPeriod: healthcheck.start_period ?? 0,
    StartInterval: startInterval(name, healthcheck),
  });
}

/** Engines ignore the interval of a start period that does not exist. */
function startInterval(service: string, check: HealthCheck): number | undefined {
  if (check.start_interval !== undefined && check.start_period === undefined) {
    throw new EngineError(
      'invalid',
      'healthcheck.start_interval requires healthcheck.start_period to be set',
      { resource: `service ${service}` },
    );
  }
  return check.start_interval;
}
