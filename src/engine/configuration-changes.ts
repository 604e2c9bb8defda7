/** The parts of `GET /containers/{id}/json` that are compared. */
export interface InspectedConfiguration {
  readonly Config: Readonly<Record<string, unknown>>;
  readonly HostConfig: Readonly<Record<string, unknown>>;
}

/** `Config` of `GET /images/{id}/json`: what a container has without being asked for it. */
export type ImageDefaults = Readonly<Record<string, unknown>>;

type Fields = Readonly<Record<string, unknown>>;

/** Field of `Config` → key of the Compose file. Those that need more than a comparison are below. */
const CONFIG_KEYS: Readonly<Record<string, string>> = {
  Cmd: 'command',
  Entrypoint: 'entrypoint',
  User: 'user',
  WorkingDir: 'working_dir',
  Domainname: 'domainname',
  Tty: 'tty',
  OpenStdin: 'stdin_open',
  StopSignal: 'stop_signal',
  StopTimeout: 'stop_grace_period',
  Healthcheck: 'healthcheck',
  ExposedPorts: 'expose',
  Image: 'image',
};

/** Field of `HostConfig` → key of the Compose file. */
const HOST_KEYS: Readonly<Record<string, string>> = {
  Annotations: 'annotations',
  Binds: 'volumes',
  BlkioWeight: 'blkio_config',
  CapAdd: 'cap_add',
  CapDrop: 'cap_drop',
  CgroupParent: 'cgroup_parent',
  CpuPeriod: 'cpu_period',
  CpuQuota: 'cpu_quota',
  CpuShares: 'cpu_shares',
  CpusetCpus: 'cpuset',
  DeviceCgroupRules: 'device_cgroup_rules',
  DeviceRequests: 'gpus',
  Devices: 'devices',
  Dns: 'dns',
  DnsOptions: 'dns_opt',
  DnsSearch: 'dns_search',
  ExtraHosts: 'extra_hosts',
  GroupAdd: 'group_add',
  Init: 'init',
  Links: 'links',
  Memory: 'mem_limit',
  MemoryReservation: 'mem_reservation',
  MemorySwap: 'memswap_limit',
  Mounts: 'volumes',
  NanoCpus: 'cpus',
  OomScoreAdj: 'oom_score_adj',
  PidMode: 'pid',
  PidsLimit: 'pids_limit',
  PortBindings: 'ports',
  Privileged: 'privileged',
  ReadonlyRootfs: 'read_only',
  RestartPolicy: 'restart',
  SecurityOpt: 'security_opt',
  StorageOpt: 'storage_opt',
  Sysctls: 'sysctls',
  Tmpfs: 'tmpfs',
  UTSMode: 'uts',
  Ulimits: 'ulimits',
  UsernsMode: 'userns_mode',
  VolumesFrom: 'volumes_from',
};

/** Fields in which the engine fills in a default of its own when nothing was asked for. */
const HOST_KEYS_IF_ASKED: Readonly<Record<string, string>> = {
  IpcMode: 'ipc',
  LogConfig: 'logging',
  NetworkMode: 'network_mode',
  OomKillDisable: 'oom_kill_disable',
  Runtime: 'runtime',
  ShmSize: 'shm_size',
};

const COMPOSE_LABEL = 'com.docker.compose.';

/**
 * Names what differs between a container and the request that would create it anew, as keys of the
 * Compose file (`environment.FOO`, `ports`). It works for containers that other tools made, because
 * it compares what the engine has. Empty when nothing can be told apart: then only the way the file
 * is written changed.
 */
export function configurationChanges(
  body: Fields,
  inspected: InspectedConfiguration,
  image: ImageDefaults,
): readonly string[] {
  const host = record(body['HostConfig']);
  const changes = [
    ...changedEntries('environment', environment(body['Env']), {
      before: environment(inspected.Config['Env']),
      defaults: environment(image['Env']),
    }),
    ...changedEntries('labels', ownLabels(body['Labels']), {
      before: ownLabels(inspected.Config['Labels']),
      defaults: ownLabels(image['Labels']),
    }),
    ...changedFields(CONFIG_KEYS, (field) => {
      return [effective(field, body, image), inspected.Config[field]];
    }),
    ...(body['Hostname'] === undefined || body['Hostname'] === inspected.Config['Hostname']
      ? []
      : ['hostname']),
    ...changedFields(
      HOST_KEYS,
      (field) =>
        [host[field], inspected.HostConfig[field]].map(withoutDefaultPolicy) as [unknown, unknown],
    ),
    ...changedFields(HOST_KEYS_IF_ASKED, (field) =>
      isNothing(host[field]) ? [undefined, undefined] : [host[field], inspected.HostConfig[field]],
    ),
  ];
  return [...new Set(changes)].toSorted();
}

/** Engines spell out the restart policy that nobody asked for. */
function withoutDefaultPolicy(value: unknown): unknown {
  return record(value)['Name'] === 'no' ? undefined : value;
}

/** What a container gets: its own, else the image's; an entry point of its own drops the image's command. */
function effective(field: string, body: Fields, image: ImageDefaults): unknown {
  if (field === 'ExposedPorts') return { ...record(image[field]), ...record(body[field]) };
  if (field === 'Cmd' && body['Entrypoint'] !== undefined) return body[field];
  return body[field] ?? image[field];
}

function changedFields(
  keys: Readonly<Record<string, string>>,
  values: (field: string) => readonly [unknown, unknown],
): string[] {
  return Object.entries(keys).flatMap(([field, key]) => {
    const [after, before] = values(field);
    return fingerprint(after) === fingerprint(before) ? [] : [key];
  });
}

function changedEntries(
  key: string,
  after: ReadonlyMap<string, string>,
  {
    before,
    defaults,
  }: {
    readonly before: ReadonlyMap<string, string>;
    readonly defaults: ReadonlyMap<string, string>;
  },
): string[] {
  const names = new Set([...after.keys(), ...before.keys()]);
  return [...names]
    .filter((name) => (after.get(name) ?? defaults.get(name)) !== before.get(name))
    .map((name) => `${key}.${name}`);
}

function environment(list: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const entry of Array.isArray(list) ? list : []) {
    const text = String(entry);
    const equals = text.indexOf('=');
    if (equals >= 0) found.set(text.slice(0, equals), text.slice(equals + 1));
  }
  return found;
}

function ownLabels(labels: unknown): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(record(labels))
      .filter(([name]) => !name.startsWith(COMPOSE_LABEL))
      .map(([name, value]) => [name, String(value)]),
  );
}

/** Text that is equal for values that mean the same to the engine: order and empty parts do not count. */
function fingerprint(value: unknown): string {
  if (isNothing(value)) return '';
  if (Array.isArray(value)) {
    const items = value.map(fingerprint);
    const isArgv = value.every((item) => typeof item === 'string' && !item.includes(':'));
    return `[${(isArgv ? items : items.toSorted()).join(',')}]`;
  }
  if (typeof value === 'object') {
    const fields = Object.entries(record(value))
      .map(([name, part]) => [name, fingerprint(part)] as const)
      .filter(([name, part]) => part !== '' || name.includes('/'))
      .toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `{${fields.map(([name, part]) => `${name}:${part}`).join(',')}}`;
  }
  return JSON.stringify(value);
}

function isNothing(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) {
    return true;
  }
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === 'object' && Object.values(value).every(isNothing) && !isSet(value);
}

/** `{ "80/tcp": {} }` says something although every value in it is empty. */
function isSet(value: object): boolean {
  return Object.keys(value).some((key) => key.includes('/'));
}

function record(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
