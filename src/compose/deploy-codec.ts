import type { Codec } from './codec.ts';
import { text } from './codec.ts';
import { list, pairs, strings } from './codec-collection.ts';
import { bytes, deviceCount, duration, float32, integer, unsigned } from './codec-number.ts';
import { embedded, optional, required, struct, value } from './codec-struct.ts';
import type {
  Deploy,
  DeviceRequest,
  GenericResource,
  Placement,
  Resource,
  Resources,
  RestartPolicy,
  UpdateConfig,
} from './model.ts';

/** Devices that a service needs. */
export const deviceRequest: Codec<DeviceRequest> = struct<DeviceRequest>(
  {
    capabilities: value(strings),
    driver: value(text),
    count: value(deviceCount),
    device_ids: value(strings),
    options: value(pairs),
  },
  { extensible: false },
);

const genericResource: Codec<GenericResource> = struct<GenericResource>({
  discrete_resource_spec: optional(
    struct<{ kind: string; value: number }>({
      kind: required(text, ''),
      value: required(integer, 0),
    }),
  ),
});

const resource: Codec<Resource> = struct<Resource>({
  cpus: value(float32),
  memory: value(bytes),
  pids: value(integer),
  devices: value(list(deviceRequest)),
  generic_resources: value(list(genericResource)),
});

const resources: Codec<Resources> = struct<Resources>({
  limits: optional(resource),
  reservations: optional(resource),
});

const updateConfig: Codec<UpdateConfig> = struct<UpdateConfig>({
  parallelism: optional(unsigned('uint64')),
  delay: value(duration),
  failure_action: value(text),
  monitor: value(duration),
  max_failure_ratio: value(float32),
  order: value(text),
});

const restartPolicy: Codec<RestartPolicy> = struct<RestartPolicy>({
  condition: value(text),
  delay: optional(duration),
  max_attempts: optional(unsigned('uint64')),
  window: optional(duration),
});

const placement: Codec<Placement> = struct<Placement>({
  constraints: value(strings),
  preferences: value(list(struct<{ spread?: string }>({ spread: value(text) }))),
  max_replicas_per_node: value(unsigned('uint64')),
});

/** How a service is deployed. */
export const deployCodec: Codec<Deploy> = struct<Deploy>({
  mode: value(text),
  replicas: optional(integer),
  labels: value(pairs),
  update_config: optional(updateConfig),
  rollback_config: optional(updateConfig),
  resources: embedded(resources, {}),
  restart_policy: optional(restartPolicy),
  placement: embedded(placement, {}),
  endpoint_mode: value(text),
});
