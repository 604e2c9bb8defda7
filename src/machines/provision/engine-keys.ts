import { nearest } from '../../foundation/nearest.ts';
import { fail, ok, type Result } from '../../foundation/result.ts';
import type { EngineOptions } from '../store/machine-record.ts';

export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Content of daemon.json. */
export type DaemonConfig = Readonly<Record<string, JsonValue>>;

type KeyType = 'bool' | 'int' | 'string' | 'list' | 'map' | 'bool-map' | 'json';

const KEYS_BY_TYPE: Readonly<Record<KeyType, string>> = {
  bool: `debug live-restore ipv6 ip6tables iptables ip-forward ip-forward-no-drop ip-masq icc userland-proxy experimental
    selinux-enabled raw-logs no-new-privileges init allow-direct-routing`,
  int: `mtu max-concurrent-downloads max-concurrent-uploads max-download-attempts shutdown-timeout
    network-control-plane-mtu oom-score-adjust network-diagnostic-port`,
  string: `log-level log-driver log-format data-root exec-root pidfile group storage-driver bridge bip bip6 fixed-cidr
    fixed-cidr-v6 default-gateway default-gateway-v6 ip cgroup-parent default-runtime default-cgroupns-mode
    default-ipc-mode default-shm-size seccomp-profile userns-remap containerd containerd-namespace
    containerd-plugins-namespace metrics-addr swarm-default-advertise-addr init-path userland-proxy-path
    host-gateway-ip cpu-rt-runtime cpu-rt-period firewall-backend deprecated-key-path`,
  list: `dns dns-opts dns-search exec-opts storage-opts authorization-plugins labels registry-mirrors
    insecure-registries cdi-spec-dirs allow-nondistributable-artifacts node-generic-resources host-gateway-ips`,
  map: `log-opts proxies`,
  'bool-map': 'features',
  json: 'runtimes default-ulimits default-address-pools default-network-opts builder http-headers',
};

const TYPES = new Map(
  Object.entries(KEYS_BY_TYPE).flatMap(([type, keys]) =>
    keys.split(/\s+/).map((key) => [key, type as KeyType] as const),
  ),
);

/** Flags of dockerd whose key in daemon.json has another name. */
const RENAMED: Readonly<Record<string, string>> = {
  label: 'labels',
  'dns-opt': 'dns-opts',
  'exec-opt': 'exec-opts',
  'storage-opt': 'storage-opts',
  'log-opt': 'log-opts',
  'authorization-plugin': 'authorization-plugins',
  'registry-mirror': 'registry-mirrors',
  'insecure-registry': 'insecure-registries',
  'node-generic-resource': 'node-generic-resources',
  'cdi-spec-dir': 'cdi-spec-dirs',
  feature: 'features',
  graph: 'data-root',
};

/** Switches of dockerd that no key of daemon.json stands for. */
const SWITCHES = new Set(['tls', 'tlsverify', 'validate', 'version', 'help', 'rootless']);

interface Form {
  readonly key: string;
  /** The value of the key, with what it has so far; undefined: the text is not of this form. */
  readonly read: (text: string, before: JsonValue | undefined) => JsonValue | undefined;
}

/** Flags of dockerd that write differently what daemon.json has as objects. */
const FORMS: Readonly<Record<string, Form>> = {
  'default-ulimit': {
    key: 'default-ulimits',
    read: (text, before) => {
      const [, Name, soft, hard] = /^([a-z]+)=(-?\d+)(?::(-?\d+))?$/.exec(text) ?? [];
      if (Name === undefined) return undefined;
      const limit = { Name, Hard: Number(hard ?? soft), Soft: Number(soft) };
      return { ...object(before), [Name]: limit };
    },
  },
  'default-address-pool': {
    key: 'default-address-pools',
    read: (text, before) => {
      const [, base, size] = /^base=([^,]+),size=(\d+)$/.exec(text) ?? [];
      if (base === undefined) return undefined;
      return [...(Array.isArray(before) ? before : []), { base, size: Number(size) }];
    },
  },
  'add-runtime': {
    key: 'runtimes',
    read: (text, before) => {
      const [, name, path] = /^([^=]+)=(.+)$/.exec(text) ?? [];
      return name === undefined || path === undefined
        ? undefined
        : { ...object(before), [name]: { path } };
    },
  },
};

/** True for a flag of dockerd that takes the next word for no value. */
export function isSwitch(flag: string): boolean {
  return SWITCHES.has(flag) || TYPES.get(flag) === 'bool';
}

/** The key of daemon.json that a flag of dockerd stands for; undefined: none that is known. */
export function keyOfFlag(flag: string): string | undefined {
  if (PROXIES.has(flag)) return 'proxies';
  if (Object.hasOwn(FORMS, flag)) return FORMS[flag]?.key;
  const key = Object.hasOwn(RENAMED, flag) ? (RENAMED[flag] ?? flag) : flag;
  return TYPES.has(key) && TYPES.get(key) !== 'json' ? key : undefined;
}

/** Proxies of dockerd's flags are members of one key. */
const PROXIES = new Set(['http-proxy', 'https-proxy', 'no-proxy']);

/** `--engine-opt` that would open the engine, or hide its configuration from tcompose. */
const REFUSED: Readonly<Record<string, string>> = {
  host: 'the engine is reached over SSH; --engine-tls exposes it with certificates',
  hosts: 'the engine is reached over SSH; --engine-tls exposes it with certificates',
  tls: 'use --engine-tls, which makes the certificates too',
  tlsverify: 'use --engine-tls, which makes the certificates too',
  tlscacert: 'use --engine-tls, which makes the certificates too',
  tlscert: 'use --engine-tls, which makes the certificates too',
  tlskey: 'use --engine-tls, which makes the certificates too',
  'config-file': 'its content belongs into --engine-opt',
};

/**
 * What daemon.json has to have for the options of an engine, every value of the type that dockerd wants. Fails with
 * one sentence for each option that makes no sense.
 */
export function daemonConfig(
  engine: Pick<EngineOptions, 'labels' | 'options' | 'insecureRegistries' | 'registryMirrors'>,
): Result<DaemonConfig, readonly string[]> {
  const config: Record<string, JsonValue> = {};
  const faults: string[] = [];
  for (const label of engine.labels) {
    if (/^[^=\s]+=/.test(label)) append(config, 'labels', label);
    else faults.push(`engine label "${label}": it has to be KEY=VALUE`);
  }
  for (const registry of engine.insecureRegistries) append(config, 'insecure-registries', registry);
  for (const mirror of engine.registryMirrors) append(config, 'registry-mirrors', mirror);
  for (const option of engine.options) {
    const fault = addOption(config, option);
    if (fault !== undefined) faults.push(`engine option "${option}": ${fault}`);
  }
  return faults.length > 0 ? fail(faults) : ok(config);
}

/** Adds one `KEY=VALUE`; a bare `KEY` is `true`, as dockerd's flags have it. Returns what is wrong with it. */
function addOption(config: Record<string, JsonValue>, option: string): string | undefined {
  const at = option.indexOf('=');
  const written = (at < 0 ? option : option.slice(0, at)).replace(/^--/, '').trim();
  const value = at < 0 ? 'true' : option.slice(at + 1);
  if (written === '') return 'it has to be KEY=VALUE';
  const refused = Object.hasOwn(REFUSED, written) ? REFUSED[written] : undefined;
  if (refused !== undefined) return refused;
  if (PROXIES.has(written)) {
    config['proxies'] = { ...object(config['proxies']), [written]: value };
    return undefined;
  }
  if (Object.hasOwn(FORMS, written)) return addForm(config, written, value);
  const key = Object.hasOwn(RENAMED, written) ? (RENAMED[written] ?? written) : written;
  const type = TYPES.get(key);
  if (type === undefined) {
    // A newer engine may have keys that are not known here; a slip of the finger is more likely.
    const meant = nearest(key, TYPES.keys());
    if (meant !== undefined) return `dockerd has no such option; did you mean "${meant}"?`;
    config[key] = inferred(value);
    return undefined;
  }
  return addTyped(config, key, { type, value });
}

function addTyped(
  config: Record<string, JsonValue>,
  key: string,
  { type, value }: { readonly type: KeyType; readonly value: string },
): string | undefined {
  switch (type) {
    case 'bool': {
      const parsed = boolean(value);
      if (parsed === undefined) return 'the value has to be true or false';
      config[key] = parsed;
      return undefined;
    }
    case 'int':
      if (!/^-?\d+$/.test(value)) return 'the value has to be a whole number';
      config[key] = Number(value);
      return undefined;
    case 'string':
      config[key] = value;
      return undefined;
    case 'list': {
      const list = parsed(value);
      for (const item of Array.isArray(list) ? list.map(String) : [value])
        append(config, key, item);
      return undefined;
    }
    case 'map':
    case 'bool-map':
      return addMember(config, key, { type, value });
    case 'json': {
      const json = parsed(value);
      if (json === undefined) return 'the value has to be JSON, as daemon.json has it';
      config[key] = json;
      return undefined;
    }
  }
}

function addForm(
  config: Record<string, JsonValue>,
  flag: string,
  text: string,
): string | undefined {
  const form = FORMS[flag];
  const value = form?.read(text, config[form.key]);
  if (form === undefined || value === undefined) {
    return 'the value has to be as dockerd has it: `dockerd --help` on the host';
  }
  config[form.key] = value;
  return undefined;
}

function addMember(
  config: Record<string, JsonValue>,
  key: string,
  { type, value }: { readonly type: 'map' | 'bool-map'; readonly value: string },
): string | undefined {
  const at = value.indexOf('=');
  if (at <= 0) return `the value has to be NAME=VALUE, as in ${key}=NAME=VALUE`;
  const text = value.slice(at + 1);
  const member = type === 'map' ? text : boolean(text);
  if (member === undefined) return 'the value has to be true or false';
  config[key] = { ...object(config[key]), [value.slice(0, at)]: member };
  return undefined;
}

function append(config: Record<string, JsonValue>, key: string, value: string): void {
  const list = config[key];
  const items = Array.isArray(list) ? (list as readonly JsonValue[]) : [];
  if (!items.includes(value)) config[key] = [...items, value];
}

function object(value: JsonValue | undefined): Readonly<Record<string, JsonValue>> {
  return isObject(value) ? value : {};
}

/** True for an object that is no list. */
export function isObject(
  value: JsonValue | undefined,
): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function boolean(text: string): boolean | undefined {
  if (/^(true|1|t|yes|on)$/i.test(text)) return true;
  return /^(false|0|f|no|off)$/i.test(text) ? false : undefined;
}

function parsed(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined;
  }
}

/** The type that a value looks like. */
function inferred(text: string): JsonValue {
  if (text === 'true' || text === 'false') return text === 'true';
  if (/^(-?\d{1,15}|\[.*\]|\{.*\})$/s.test(text)) return parsed(text) ?? text;
  return text;
}
