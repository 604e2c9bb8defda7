import type { Codec } from './codec.ts';
import { flag, optOut, text, word } from './codec.ts';
import { list, multiOptions, options, strings } from './codec-collection.ts';
import { bytes, duration, integer, unsigned } from './codec-number.ts';
import type { Field } from './codec-struct.ts';
import { embedded, optional, required, struct, value } from './codec-struct.ts';
import { isV2 } from './rendered.ts';
import { healthTest, hookCodec } from './command-codec.ts';
import type {
  BlkioConfig,
  CredentialSpec,
  Dependency,
  Develop,
  DeviceMapping,
  EnvFile,
  HealthCheck,
  Logging,
  Port,
  ServiceModel,
  ServiceNetwork,
  ServiceProvider,
  ThrottleDevice,
  WatchTrigger,
} from './model.ts';

/** A key that the reference forgot to name in JSON: it has its Go name there, zero or not. */
function goNamed<T>(codec: Codec<T>, fallback: T, jsonKey: string): Field<T> {
  return { ...required(codec, fallback), jsonKey };
}

const throttleDevice: Codec<ThrottleDevice> = struct<ThrottleDevice>(
  { path: goNamed(text, '', 'Path'), rate: goNamed(bytes, 0, 'Rate') },
  { extensible: false },
);

const weightDevice = struct<{ path: string; weight: number }>(
  { path: goNamed(text, '', 'Path'), weight: goNamed(unsigned('uint16'), 0, 'Weight') },
  { extensible: false },
);

/** Limits of block devices. */
export const blkio: Codec<BlkioConfig> = struct<BlkioConfig>({
  weight: value(unsigned('uint16')),
  weight_device: value(list(weightDevice)),
  device_read_bps: value(list(throttleDevice)),
  device_read_iops: value(list(throttleDevice)),
  device_write_bps: value(list(throttleDevice)),
  device_write_iops: value(list(throttleDevice)),
});

const watchTrigger: Codec<WatchTrigger> = struct<WatchTrigger>({
  path: required(text, ''),
  action: required(word<WatchTrigger['action']>(), 'sync'),
  target: value(text),
  exec: embedded(hookCodec, {}),
  include: value(strings),
  ignore: value(strings),
  initial_sync: value(flag),
});

/** What `watch` does. */
export const develop: Codec<Develop> = struct<Develop>({ watch: value(list(watchTrigger)) });

/** Where the credentials of a managed service account come from. */
export const credentialSpec: Codec<CredentialSpec> = struct<CredentialSpec>({
  config: value(text),
  file: value(text),
  registry: value(text),
});

/** What a service waits for. */
export const dependency: Codec<Dependency> = struct<Dependency>({
  condition: required(word<Dependency['condition']>(), 'service_started'),
  restart: value(flag),
  required: required(flag, true),
});

/** What naming a service alone means. */
export const startedDependency: Dependency = { condition: 'service_started', required: true };

/** A device of the host. */
export const deviceMapping: Codec<DeviceMapping> = struct<DeviceMapping>({
  source: value(text),
  target: value(text),
  permissions: value(text),
});

/** A program that provides a service. */
export const provider: Codec<ServiceProvider> = struct<ServiceProvider>({
  type: value(text),
  options: value(multiOptions),
});

const envFileFields = struct<EnvFile>(
  {
    path: value(text),
    required: { codec: optOut, keepsZero: true, printsZero: false, fallback: true },
    format: value(text),
  },
  { extensible: false },
);

/** A file with environment variables. Compose 2.x wrote one that is required as its path alone. */
export const envFile: Codec<EnvFile> = {
  ...envFileFields,
  render: (given, style) => {
    if (!isV2(style)) return envFileFields.render(given, style);
    if (given.required) return given.path;
    const format = given.format === undefined ? [] : ([['format', given.format]] as const);
    return new Map<string, string | boolean>([
      ['path', given.path],
      ['required', false],
      ...format,
    ]);
  },
};

/** How health is tested. */
export const healthCheck: Codec<HealthCheck> = struct<HealthCheck>({
  test: value(healthTest),
  timeout: optional(duration),
  interval: optional(duration),
  retries: optional(unsigned('uint64')),
  start_period: optional(duration),
  start_interval: optional(duration),
  disable: value(flag),
});

/** Where output goes. */
export const logging: Codec<Logging> = struct<Logging>({
  driver: value(text),
  options: value(options),
});

/** How a service is told of a model. */
export const serviceModel: Codec<ServiceModel> = struct<ServiceModel>({
  endpoint_var: value(text),
  model_var: value(text),
});

const networkFields = {
  aliases: value(strings),
  driver_opts: value(options),
  gw_priority: value(integer),
  interface_name: value(text),
  ipv4_address: value(text),
  ipv6_address: value(text),
  link_local_ips: value(strings),
  mac_address: value(text),
  priority: value(integer),
};

const byName = struct<ServiceNetwork>(networkFields);

const { priority, gw_priority, aliases, driver_opts, ...addresses } = networkFields;
const priorityFirst = struct<ServiceNetwork>({
  priority,
  gw_priority,
  aliases,
  ...addresses,
  driver_opts,
});

/** How a service is attached to a network. Compose ordered its keys otherwise until 2.34. */
export const serviceNetwork: Codec<ServiceNetwork> = {
  ...byName,
  render: (given, style) => (style === 'json-v2.33' ? priorityFirst : byName).render(given, style),
};

/** A published port. */
export const port: Codec<Port> = struct<Port>({
  name: value(text),
  mode: value(text),
  host_ip: value(text),
  target: value(unsigned('uint32')),
  published: value(text),
  protocol: value(text),
  app_protocol: value(text),
});
