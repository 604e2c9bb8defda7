/** What a container uses, in the terms of docker stats. Sizes in bytes, shares in percent. */
export interface StatsSample {
  readonly cpu: number;
  /** Without the cache that the kernel can drop at once; Windows: the private working set. */
  readonly memory: number;
  /** 0: not known. */
  readonly memoryLimit: number;
  readonly memoryShare: number;
  readonly received: number;
  readonly sent: number;
  readonly read: number;
  readonly written: number;
  readonly processes: number;
}

interface CpuReading {
  readonly cpu_usage?: {
    readonly total_usage?: number;
    readonly percpu_usage?: readonly number[] | null;
  };
  readonly system_cpu_usage?: number;
  readonly online_cpus?: number;
}

interface MemoryReading {
  readonly usage?: number;
  readonly limit?: number;
  readonly stats?: Readonly<Record<string, number>> | null;
  /** Windows. */
  readonly privateworkingset?: number;
}

/** The parts that are used of an answer of `GET /containers/ID/stats`. */
export interface StatsReading {
  readonly read?: string;
  readonly preread?: string;
  readonly num_procs?: number;
  readonly cpu_stats?: CpuReading;
  readonly precpu_stats?: CpuReading;
  readonly memory_stats?: MemoryReading;
  readonly blkio_stats?: {
    readonly io_service_bytes_recursive?:
      readonly { readonly op?: string; readonly value?: number }[] | null;
  };
  readonly storage_stats?: {
    readonly read_size_bytes?: number;
    readonly write_size_bytes?: number;
  };
  readonly pids_stats?: { readonly current?: number };
  readonly networks?: Readonly<
    Record<string, { readonly rx_bytes?: number; readonly tx_bytes?: number }>
  > | null;
}

/** What a reading says, computed as docker computes it. */
export function statsSample(reading: StatsReading, osType: string): StatsSample {
  const networks = Object.values(reading.networks ?? {});
  const traffic = {
    received: sum(networks.map(({ rx_bytes: bytes = 0 }) => bytes)),
    sent: sum(networks.map(({ tx_bytes: bytes = 0 }) => bytes)),
  };
  return { ...(osType === 'windows' ? windowsSample(reading) : linuxSample(reading)), ...traffic };
}

type LocalSample = Omit<StatsSample, 'received' | 'sent'>;

function linuxSample(reading: StatsReading): LocalSample {
  const memory = usedMemory(reading.memory_stats ?? {});
  const memoryLimit = reading.memory_stats?.limit ?? 0;
  const blocks = reading.blkio_stats?.io_service_bytes_recursive ?? [];
  const bytesOf = (letter: string): number =>
    sum(
      blocks
        .filter(({ op = '' }) => op.toLowerCase().startsWith(letter))
        .map(({ value = 0 }) => value),
    );
  return {
    cpu: cpuShare(reading),
    memory,
    memoryLimit,
    memoryShare: memoryLimit === 0 ? 0 : (memory / memoryLimit) * 100,
    read: bytesOf('r'),
    written: bytesOf('w'),
    processes: reading.pids_stats?.current ?? 0,
  };
}

/** Time on processors as a share of what passed since the reading before; 100 is one processor. */
function cpuShare({ cpu_stats: now = {}, precpu_stats: before = {} }: StatsReading): number {
  const used = (now.cpu_usage?.total_usage ?? 0) - (before.cpu_usage?.total_usage ?? 0);
  const passed = (now.system_cpu_usage ?? 0) - (before.system_cpu_usage ?? 0);
  const processors = now.online_cpus || (now.cpu_usage?.percpu_usage?.length ?? 0);
  return used > 0 && passed > 0 ? (used / passed) * processors * 100 : 0;
}

/** The cache of files that are not in use counts as free: `total_inactive_file` of cgroup 1, else 2. */
function usedMemory({ usage = 0, stats }: MemoryReading): number {
  const first = stats?.['total_inactive_file'];
  if (first !== undefined && first < usage) return usage - first;
  const second = stats?.['inactive_file'] ?? 0;
  return second < usage ? usage - second : usage;
}

function windowsSample(reading: StatsReading): LocalSample {
  return {
    cpu: windowsCpuShare(reading),
    memory: reading.memory_stats?.privateworkingset ?? 0,
    memoryLimit: 0,
    memoryShare: 0,
    read: reading.storage_stats?.read_size_bytes ?? 0,
    written: reading.storage_stats?.write_size_bytes ?? 0,
    processes: 0,
  };
}

/** Windows counts in steps of 100 ns. */
function windowsCpuShare(reading: StatsReading): number {
  const passed = Date.parse(reading.read ?? '') - Date.parse(reading.preread ?? '');
  const possible = passed * 10_000 * (reading.num_procs ?? 0);
  const used =
    (reading.cpu_stats?.cpu_usage?.total_usage ?? 0) -
    (reading.precpu_stats?.cpu_usage?.total_usage ?? 0);
  return possible > 0 ? (used / possible) * 100 : 0;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
