import { serviceHash } from '../../../src/compose/hash.ts';
import { LABEL } from '../../../src/compose/labels.ts';
import type { Project, Service } from '../../../src/compose/model.ts';
import type { ConfigHashes } from '../../../src/scheduler/config-hashes.ts';
import { hostPorts } from '../../../src/scheduler/host-ports.ts';
import { formatPlan } from '../../../src/scheduler/format-plan.ts';
import type {
  Observed,
  ObservedContainer,
  ObservedImage,
  ObservedNetwork,
  ObservedVolume,
} from '../../../src/scheduler/observed.ts';
import type { Plan } from '../../../src/scheduler/plan.ts';
import { planUp } from '../../../src/scheduler/plan-up.ts';
import type { UpOptions } from '../../../src/scheduler/up-options.ts';

/** Hashes that tests can follow: references and the configuration itself, where that is short. */
export const readableHashes = {
  service: (service: Service, references: Readonly<Record<string, string>>) => [
    [serviceHash(service), ...Object.entries(references).map(String)].join(' '),
  ],
  network: (network: object) => [JSON.stringify(network)],
  volume: (volume: object) => [JSON.stringify(volume)],
} satisfies ConfigHashes;

export type ServiceSample = Omit<Service, 'name'>;

/** A project from what matters to a test; services get an image and the default network. */
export function project(
  services: Readonly<Record<string, ServiceSample>>,
  rest: Partial<Project> = {},
): Project {
  const named = Object.entries(services).map(([name, service]): [string, Service] => [
    name,
    {
      image: 'app',
      ...(service.network_mode === undefined ? { networks: { default: null } } : {}),
      ...service,
      name,
    },
  ]);
  return {
    name: 'p',
    workingDir: '/p',
    composeFiles: ['/p/compose.yaml'],
    envFiles: [],
    environment: {},
    profiles: [],
    disabledServices: {},
    networks: { default: { name: 'p_default' } },
    volumes: {},
    secrets: {},
    configs: {},
    models: {},
    ...rest,
    services: Object.fromEntries(named),
  };
}

/** `depends_on` of one service with a condition. */
export function dependsOn(
  name: string,
  condition:
    'service_started' | 'service_healthy' | 'service_completed_successfully' = 'service_started',
  rest: { restart?: boolean; required?: boolean } = {},
): Pick<Service, 'depends_on'> {
  return { depends_on: { [name]: { condition, required: true, ...rest } } };
}

export const defaultUp: UpOptions = {
  services: [],
  recreate: 'diverged',
  recreateDependencies: 'diverged',
  noDependencies: false,
  renewAnonymousVolumes: false,
  orphans: 'warn',
  timeout: undefined,
  start: true,
  wait: false,
  hashes: readableHashes,
  recreateVolumes: new Set(),
  separator: '-',
};

export function image(id: string): ObservedImage {
  return {
    id: `sha256:${id}`,
    digest: `sha256:${id}`,
    platform: 'linux/amd64',
    volumes: [],
    lastTagged: undefined,
  };
}

export const nothing: Observed = {
  host: 'local',
  containers: [],
  networks: [],
  volumes: [],
  images: new Map([['app', image('aaaa')]]),
};

/** Id of the container that `running` makes: 64 digits, told apart by service and number. */
export function idOf(service: string, number: number): string {
  return Buffer.from(`${service}${number}`).toString('hex').padStart(12, '0').padEnd(64, '0');
}

/** A replica as it is when the project is up. */
export function running(
  of: Project,
  service: string,
  change: Partial<ObservedContainer> & { number?: number } = {},
): ObservedContainer {
  const { number = 1 } = change;
  const config = of.services[service] ?? of.disabledServices[service] ?? { name: service };
  const references = Object.fromEntries(
    [config.network_mode, config.ipc, config.pid]
      .flatMap((mode) => (mode?.startsWith('service:') === true ? [mode.slice(8)] : []))
      .concat((config.volumes_from ?? []).map((source) => source.split(':')[0] ?? ''))
      .map((name) => [name, idOf(name, 1)]),
  );
  const networks = Object.keys(config.networks ?? {}).map((key) => {
    const name = of.networks[key]?.name ?? key;
    return [name, `id-${name}`];
  });
  const mounts = (config.volumes ?? []).flatMap(({ type, source = '', target = '' }) =>
    type === 'volume' && source !== ''
      ? [{ type, name: of.volumes[source]?.name ?? source, source, destination: target }]
      : [],
  );
  return {
    id: idOf(service, number),
    name: config.container_name ?? `${of.name}-${service}-${number}`,
    service,
    number,
    oneOff: false,
    state: 'running',
    health: config.healthcheck === undefined ? 'none' : 'healthy',
    exitCode: undefined,
    created: 1000 + number,
    image: config.image ?? 'app',
    imageId: 'sha256:aaaa',
    networks: Object.fromEntries(networks),
    mounts,
    hostPorts: [...hostPorts(config)],
    ...change,
    labels: {
      [LABEL.project]: of.name,
      [LABEL.service]: service,
      [LABEL.number]: String(number),
      [LABEL.oneOff]: change.oneOff === true ? 'True' : 'False',
      [LABEL.image]: 'sha256:aaaa',
      [LABEL.configHash]: readableHashes.service(config, references)[0] ?? '',
      ...change.labels,
    },
  };
}

/** A network as it is when the project is up. */
export function liveNetwork(of: Project, key: string): ObservedNetwork {
  const network = of.networks[key] ?? {};
  const name = network.name ?? key;
  return {
    id: `id-${name}`,
    name,
    driver: 'bridge',
    scope: 'local',
    labels:
      network.external === true
        ? {}
        : {
            [LABEL.project]: of.name,
            [LABEL.network]: key,
            [LABEL.configHash]: readableHashes.network({ ...network, name })[0] ?? '',
          },
  };
}

/** A volume as it is when the project is up. */
export function liveVolume(of: Project, key: string): ObservedVolume {
  const volume = of.volumes[key] ?? {};
  const name = volume.name ?? key;
  return {
    name,
    driver: 'local',
    labels:
      volume.external === true
        ? {}
        : {
            [LABEL.project]: of.name,
            [LABEL.volume]: key,
            [LABEL.configHash]: readableHashes.volume({ ...volume, name })[0] ?? '',
          },
  };
}

/** Everything of the project, up and healthy. */
export function allUp(of: Project): Observed {
  return {
    ...nothing,
    containers: Object.values(of.services).flatMap(({ name, scale = 1 }) =>
      Array.from({ length: scale }, (_, index) => running(of, name, { number: index + 1 })),
    ),
    networks: Object.keys(of.networks).map((key) => liveNetwork(of, key)),
    volumes: Object.keys(of.volumes).map((key) => liveVolume(of, key)),
  };
}

/** The plan of `up`, or what speaks against it. */
export function up(of: Project, observed: Observed, options: Partial<UpOptions> = {}): Plan {
  const result = planUp(of, observed, { ...defaultUp, ...options });
  if (!result.ok) throw new Error(result.error.map(({ message }) => message).join('\n'));
  return result.value;
}

/** The plan of `up` as text, without the last line break. */
export function upText(of: Project, observed: Observed, options: Partial<UpOptions> = {}): string {
  return formatPlan(up(of, observed, options)).trimEnd();
}
