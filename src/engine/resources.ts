import type {
  BlkioConfig,
  DeviceRequest,
  Resource,
  Service,
  ThrottleDevice,
  Ulimit,
} from '../compose/model.ts';
import { compact } from './request-body.ts';

/** Names such as `vendor.com/class=device` of the Container Device Interface. */
const CDI_NAME = /^[A-Za-z][\w.-]*\/[A-Za-z][\w.-]*=[\w.:-]+$/;

/** The part of `HostConfig` that limits and reserves resources, `deploy.resources` included. */
export function resourceSettings(service: Service): Record<string, unknown> {
  const { limits, reservations } = service.deploy?.resources ?? {};
  return compact({
    CgroupParent: service.cgroup_parent,
    Memory: limits?.memory || service.mem_limit,
    MemorySwap: service.memswap_limit,
    MemorySwappiness: service.mem_swappiness || undefined,
    MemoryReservation: reservations?.memory || service.mem_reservation,
    // Sent even when it was not asked for, as the reference does.
    OomKillDisable: service.oom_kill_disable ?? false,
    CpuCount: service.cpu_count,
    CpuPeriod: service.cpu_period,
    CpuQuota: service.cpu_quota,
    CpuRealtimePeriod: service.cpu_rt_period,
    CpuRealtimeRuntime: service.cpu_rt_runtime,
    CpuShares: service.cpu_shares,
    NanoCpus: nanoCpus(service, limits),
    CpuPercent:
      service.cpu_percent === undefined ? undefined : Math.trunc(service.cpu_percent * 100),
    CpusetCpus: service.cpuset,
    DeviceCgroupRules: service.device_cgroup_rules,
    PidsLimit: (limits?.pids ?? 0) > 0 ? limits?.pids : service.pids_limit || undefined,
    ...blkioSettings(service.blkio_config),
    ...deviceSettings(service),
    Ulimits: ulimits(service.ulimits ?? {}),
  });
}

/** Cores are numbers of single precision in the reference, and are rounded as there. */
function nanoCpus(service: Service, limits: Resource | undefined): number | undefined {
  const cores = limits?.cpus || service.cpus;
  return cores === undefined ? undefined : Math.trunc(Math.fround(Math.fround(cores) * 1e9));
}

function blkioSettings(blkio: BlkioConfig | undefined): Record<string, unknown> {
  if (blkio === undefined) return {};
  const throttle = (devices: readonly ThrottleDevice[] | undefined): unknown =>
    devices?.map(({ path, rate }) => ({ Path: path, Rate: rate }));
  return {
    BlkioWeight: blkio.weight,
    BlkioWeightDevice: blkio.weight_device?.map(({ path, weight }) => ({
      Path: path,
      Weight: weight,
    })),
    BlkioDeviceReadBps: throttle(blkio.device_read_bps),
    BlkioDeviceReadIOps: throttle(blkio.device_read_iops),
    BlkioDeviceWriteBps: throttle(blkio.device_write_bps),
    BlkioDeviceWriteIOps: throttle(blkio.device_write_iops),
  };
}

function deviceSettings(service: Service): Record<string, unknown> {
  const devices = service.devices ?? [];
  const isCdi = ({ source, target }: { source?: string; target?: string }): boolean =>
    source === target && source !== undefined && CDI_NAME.test(source);
  const cdi = devices.filter(isCdi).map(({ source }) => source);
  const requests = [
    ...(service.deploy?.resources?.reservations?.devices ?? []).map((device) =>
      deviceRequest(device, device.capabilities ?? []),
    ),
    ...(cdi.length > 0 ? [{ Driver: 'cdi', DeviceIDs: cdi }] : []),
    ...(service.gpus ?? []).map((gpu) => deviceRequest(gpu, [...(gpu.capabilities ?? []), 'gpu'])),
  ];
  const mapped = devices
    .filter((device) => !isCdi(device))
    .map(({ source, target, permissions }) => ({
      PathOnHost: source ?? '',
      PathInContainer: target ?? '',
      CgroupPermissions: permissions ?? '',
    }));
  return {
    Devices: mapped.length > 0 ? mapped : undefined,
    DeviceRequests: requests.length > 0 ? requests : undefined,
  };
}

function deviceRequest(request: DeviceRequest, capabilities: readonly string[]): unknown {
  return {
    Driver: request.driver ?? '',
    Count: request.count ?? 0,
    DeviceIDs: request.device_ids ?? null,
    Capabilities: [capabilities],
    Options: request.options ?? null,
  };
}

function ulimits(limits: Readonly<Record<string, Ulimit>>): unknown {
  const entries = Object.entries(limits).map(([name, { single = 0, soft, hard }]) => ({
    Name: name,
    Soft: soft || single,
    Hard: hard || single,
  }));
  return entries.length > 0 ? entries : undefined;
}
