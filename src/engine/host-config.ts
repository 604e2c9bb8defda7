import type { Service } from '../compose/model.ts';
import { EngineError } from './errors.ts';
import type { MountSettings } from './mounts.ts';
import { portBindings } from './ports.ts';
import { compact, orAbsent } from './request-body.ts';
import { resourceSettings } from './resources.ts';

export interface HostContext {
  readonly networkMode: string;
  readonly mounts: MountSettings;
  readonly links: readonly string[];
  readonly autoRemove: boolean;
  readonly volumesFrom: readonly string[] | undefined;
  /** Content of the seccomp profiles that `security_opt` names, by the path it gives. */
  readonly seccompProfiles: Readonly<Record<string, string>>;
}

/** `HostConfig` of a container of `service`, whose references to services were resolved. */
export function hostConfig(service: Service, context: HostContext): Record<string, unknown> {
  const security = securityOptions(service.security_opt ?? [], context.seccompProfiles);
  return {
    ...compact({
      AutoRemove: context.autoRemove ? true : undefined,
      Annotations: orAbsent(service.annotations),
      ...context.mounts,
      CapAdd: capabilities(service.cap_add),
      CapDrop: capabilities(service.cap_drop),
      NetworkMode: context.networkMode,
      Init: service.init,
      IpcMode: service.ipc,
      CgroupnsMode: service.cgroup,
      ReadonlyRootfs: service.read_only,
      RestartPolicy: restartPolicy(service),
      ShmSize: service.shm_size,
      Sysctls: orAbsent(service.sysctls),
      PortBindings: portBindings(service),
      VolumesFrom: context.volumesFrom,
      Dns: service.dns,
      DnsSearch: service.dns_search,
      DnsOptions: service.dns_opt,
      ExtraHosts: extraHosts(service),
      SecurityOpt: security.options.length > 0 ? security.options : undefined,
      StorageOpt: orAbsent(service.storage_opt),
      UsernsMode: service.userns_mode,
      UTSMode: service.uts,
      Privileged: service.privileged,
      PidMode: service.pid,
      Tmpfs: orAbsent(tmpfs(service)),
      Isolation: service.isolation,
      Runtime: service.runtime,
      LogConfig: logConfig(service),
      GroupAdd: service.group_add,
      Links: context.links.length > 0 ? context.links : undefined,
      OomScoreAdj: service.oom_score_adj,
    }),
    ...(security.unconfinedPaths ? { MaskedPaths: [], ReadonlyPaths: [] } : {}),
    ...resourceSettings(service),
  };
}

/** Paths of the seccomp profiles that a service names and that must be read for it. */
export function seccompPaths(service: Service): readonly string[] {
  return (service.security_opt ?? []).flatMap((option) => {
    const [name, value = ''] = splitOption(option);
    const builtIn = value === 'unconfined' || value === 'builtin';
    return name === 'seccomp' && !builtIn && value !== '' ? [value] : [];
  });
}

function securityOptions(
  options: readonly string[],
  profiles: Readonly<Record<string, string>>,
): { readonly options: readonly string[]; readonly unconfinedPaths: boolean } {
  const kept = options.filter((option) => option !== 'systempaths=unconfined');
  return {
    unconfinedPaths: kept.length < options.length,
    options: kept.map((option) => {
      const [name, value] = splitOption(option);
      if (value === undefined && name !== 'no-new-privileges') {
        throw new EngineError('invalid', `invalid security-opt: "${option}"`);
      }
      const profile = name === 'seccomp' ? profiles[value ?? ''] : undefined;
      return profile === undefined ? option : `seccomp=${profile}`;
    }),
  };
}

/** `name=value`; the older `name:value` only where there is no equals sign. */
function splitOption(option: string): readonly [string, string | undefined] {
  const at = option.includes('=') ? option.indexOf('=') : option.indexOf(':');
  return at < 0 ? [option, undefined] : [option.slice(0, at), option.slice(at + 1)];
}

/** `net_admin` as the engine keeps it, `CAP_NET_ADMIN`; `ALL` stays. Sorted, each once. */
function capabilities(names: readonly string[] | undefined): readonly string[] | undefined {
  const full = names
    ?.map((name) => name.trim().toUpperCase())
    .map((name) => {
      return name === 'ALL' || name.startsWith('CAP_') ? name : `CAP_${name}`;
    });
  return full === undefined || full.length === 0 ? undefined : [...new Set(full)].sort();
}

const RESTART: Readonly<Record<string, string>> = { none: 'no', any: 'always' };

/** `deploy.restart_policy` wins over `restart`. */
function restartPolicy(service: Service): object | undefined {
  const policy = service.deploy?.restart_policy;
  if (policy !== undefined) {
    const condition = policy.condition ?? '';
    return {
      Name: RESTART[condition] ?? condition,
      MaximumRetryCount: policy.max_attempts ?? 0,
    };
  }
  if (service.restart === undefined || service.restart === '') return undefined;
  const [name = '', attempts] = service.restart.split(':');
  return { Name: RESTART[name] ?? name, MaximumRetryCount: Number(attempts ?? 0) || 0 };
}

/** Never absent: the engine keeps whether it was told of none or not told, and Compose tells it. */
function extraHosts(service: Service): readonly string[] {
  return Object.entries(service.extra_hosts ?? {}).flatMap(([host, addresses]) =>
    addresses.map((address) => `${host}:${address}`),
  );
}

function tmpfs(service: Service): Record<string, string> {
  return Object.fromEntries(
    (service.tmpfs ?? []).map((entry) => {
      const at = entry.indexOf(':');
      return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}

function logConfig(service: Service): object | undefined {
  if (service.logging === undefined) return undefined;
  return compact({ Type: service.logging.driver, Config: service.logging.options });
}
