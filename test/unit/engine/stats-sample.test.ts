import { describe, expect, it } from 'vitest';
import { statsSample, type StatsReading } from '../../../src/engine/stats/stats-sample.ts';

const cpu = (total: number, system: number, online = 0, perCpu: readonly number[] = []) => ({
  cpu_usage: { total_usage: total, percpu_usage: perCpu },
  system_cpu_usage: system,
  online_cpus: online,
});

describe('the share of processors', () => {
  it.each([
    ['half of one of four', cpu(150, 2000, 4), cpu(100, 1600, 4), 50],
    ['two of two', cpu(300, 1300, 2), cpu(100, 1100, 2), 200],
    ['counted by the list where there is no number', cpu(20, 200, 0, [1, 2]), cpu(10, 100), 20],
    ['nothing without time between', cpu(20, 100, 1), cpu(10, 100, 1), 0],
    ['nothing when the counter began anew', cpu(5, 200, 1), cpu(10, 100, 1), 0],
    ['since the start for the first reading', cpu(50, 1000, 1), {}, 5],
  ])('is %s', (_title, now, before, expected) => {
    const reading = { cpu_stats: now, precpu_stats: before };
    expect(statsSample(reading, 'linux').cpu).toBeCloseTo(expected, 10);
  });
});

describe('used memory', () => {
  it.each([
    ['cgroup 1', { usage: 100, stats: { total_inactive_file: 30, inactive_file: 5 } }, 70],
    ['cgroup 2', { usage: 100, stats: { inactive_file: 40 } }, 60],
    ['more cache than use on cgroup 1', { usage: 10, stats: { total_inactive_file: 30 } }, 10],
    [
      'cgroup 1 with too much cache in all, less in itself',
      { usage: 10, stats: { total_inactive_file: 30, inactive_file: 4 } },
      6,
    ],
    ['more cache than use on cgroup 2', { usage: 10, stats: { inactive_file: 30 } }, 10],
    ['no details', { usage: 10, stats: null }, 10],
    ['a container that does not run', {}, 0],
  ])('of %s leaves out the cache that is free to go', (_title, memory, expected) => {
    expect(statsSample({ memory_stats: memory }, 'linux').memory).toBe(expected);
  });

  it('is a share of the limit, of none when there is no limit', () => {
    const share = (limit: number) =>
      statsSample({ memory_stats: { usage: 50, limit } }, 'linux').memoryShare;
    expect([share(200), share(0)]).toEqual([25, 0]);
  });
});

describe('traffic and processes', () => {
  it('are sums over networks and over disks', () => {
    const reading: StatsReading = {
      networks: { eth0: { rx_bytes: 1, tx_bytes: 2 }, eth1: { rx_bytes: 10, tx_bytes: 20 } },
      blkio_stats: {
        io_service_bytes_recursive: [
          { op: 'Read', value: 100 },
          { op: 'read', value: 1 },
          { op: 'Write', value: 200 },
          { op: 'write', value: 2 },
          { op: 'Total', value: 1000 },
          { op: '', value: 5 },
          {},
        ],
      },
      pids_stats: { current: 7 },
    };
    expect(statsSample(reading, 'linux')).toMatchObject({
      received: 11,
      sent: 22,
      read: 101,
      written: 202,
      processes: 7,
    });
  });

  it('are nothing where the engine says nothing', () => {
    const nothing = { received: 0, sent: 0, read: 0, written: 0, processes: 0, cpu: 0, memory: 0 };
    expect(statsSample({}, 'linux')).toMatchObject(nothing);
    const nulls = { networks: null, blkio_stats: { io_service_bytes_recursive: null } };
    expect(statsSample(nulls, 'linux')).toMatchObject(nothing);
  });
});

it('Windows measures in its own terms', () => {
  const reading: StatsReading = {
    read: '2026-01-01T00:00:01Z',
    preread: '2026-01-01T00:00:00Z',
    num_procs: 2,
    cpu_stats: { cpu_usage: { total_usage: 15_000_000 } },
    precpu_stats: { cpu_usage: { total_usage: 5_000_000 } },
    memory_stats: { privateworkingset: 64, usage: 1 },
    storage_stats: { read_size_bytes: 3, write_size_bytes: 4 },
  };
  expect(statsSample(reading, 'windows')).toMatchObject({
    cpu: 50,
    memory: 64,
    memoryLimit: 0,
    read: 3,
    written: 4,
  });
});
