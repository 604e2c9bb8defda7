import { describe, expect, it } from 'vitest';
import type { Service } from '../../../src/compose/model.ts';
import { hostConfig, seccompPaths } from '../../../src/engine/host-config.ts';
import { picksHostPorts } from '../../../src/engine/ports.ts';
import { exposedPorts } from '../../../src/engine/ports.ts';
import { service } from './samples.ts';

function host(parts: Partial<Service>, seccompProfiles: Record<string, string> = {}): object {
  return hostConfig(service(parts), {
    networkMode: 'n',
    mounts: {},
    links: [],
    autoRemove: false,
    volumesFrom: undefined,
    seccompProfiles,
  });
}

describe('the host configuration', () => {
  const cases: readonly (readonly [string, Partial<Service>, object])[] = [
    [
      'restart with attempts',
      { restart: 'on-failure:4' },
      { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 4 } },
    ],
    [
      'restart in general',
      { restart: 'unless-stopped' },
      { RestartPolicy: { Name: 'unless-stopped', MaximumRetryCount: 0 } },
    ],
    [
      'the policy of deploy wins',
      {
        restart: 'always',
        deploy: { restart_policy: { condition: 'on-failure', max_attempts: 2 } },
      },
      { RestartPolicy: { Name: 'on-failure', MaximumRetryCount: 2 } },
    ],
    [
      'any is always',
      { deploy: { restart_policy: { condition: 'any' } } },
      { RestartPolicy: { Name: 'always', MaximumRetryCount: 0 } },
    ],
    [
      'none is no',
      { deploy: { restart_policy: { condition: 'none' } } },
      { RestartPolicy: { Name: 'no', MaximumRetryCount: 0 } },
    ],
    [
      'hosts with several addresses',
      { extra_hosts: { a: ['1.1.1.1', '::1'], b: ['host-gateway'] } },
      { ExtraHosts: ['a:1.1.1.1', 'a:::1', 'b:host-gateway'] },
    ],
    [
      'tmpfs with and without options',
      { tmpfs: ['/run', '/tmp:size=1m,mode=1777'] },
      { Tmpfs: { '/run': '', '/tmp': 'size=1m,mode=1777' } },
    ],
    [
      'capabilities as the engine keeps them',
      { cap_add: ['net_admin', 'CAP_SYS_TIME', 'NET_ADMIN'], cap_drop: ['all'] },
      { CapAdd: ['CAP_NET_ADMIN', 'CAP_SYS_TIME'], CapDrop: ['ALL'] },
    ],
    [
      'paths that the engine would hide',
      { security_opt: ['systempaths=unconfined'] },
      { SecurityOpt: undefined, MaskedPaths: [], ReadonlyPaths: [] },
    ],
    [
      'security options as they are',
      { security_opt: ['no-new-privileges', 'label:disable', 'seccomp=unconfined'] },
      { SecurityOpt: ['no-new-privileges', 'label:disable', 'seccomp=unconfined'] },
    ],
    [
      'logging',
      { logging: { driver: 'json-file', options: { 'max-size': '1m' } } },
      { LogConfig: { Type: 'json-file', Config: { 'max-size': '1m' } } },
    ],
    [
      'published ports and ranges',
      {
        ports: [
          { target: 80, published: '8080', host_ip: '127.0.0.1', protocol: 'tcp' },
          { target: 80, published: '8000-8005', protocol: 'tcp' },
          { target: 53, protocol: 'udp' },
        ],
      },
      {
        PortBindings: {
          '80/tcp': [
            { HostIp: '127.0.0.1', HostPort: '8080' },
            { HostIp: '', HostPort: '8000-8005' },
          ],
          '53/udp': [{ HostIp: '', HostPort: '' }],
        },
      },
    ],
    [
      'limits',
      { mem_limit: 1, memswap_limit: -1, pids_limit: 5, cpus: 1.5 },
      { Memory: 1, MemorySwap: -1, PidsLimit: 5, NanoCpus: 1_500_000_000 },
    ],
    [
      'limits of deploy win',
      {
        mem_limit: 1,
        cpus: 2,
        deploy: {
          resources: { limits: { memory: 7, cpus: 0.5, pids: 9 }, reservations: { memory: 3 } },
        },
      },
      { Memory: 7, NanoCpus: 500_000_000, PidsLimit: 9, MemoryReservation: 3 },
    ],
    ['cores in single precision', { cpus: 0.1 }, { NanoCpus: 100_000_000 }],
    [
      'one number for both limits',
      { ulimits: { nproc: { single: 65 }, nofile: { soft: 1, hard: 2 } } },
      {
        Ulimits: [
          { Name: 'nproc', Soft: 65, Hard: 65 },
          { Name: 'nofile', Soft: 1, Hard: 2 },
        ],
      },
    ],
    [
      'devices by path and by CDI name',
      {
        devices: [
          { source: '/dev/a', target: '/dev/b', permissions: 'rw' },
          { source: 'v.com/gpu=0', target: 'v.com/gpu=0' },
        ],
      },
      {
        Devices: [{ PathOnHost: '/dev/a', PathInContainer: '/dev/b', CgroupPermissions: 'rw' }],
        DeviceRequests: [{ Driver: 'cdi', DeviceIDs: ['v.com/gpu=0'] }],
      },
    ],
    [
      'all graphics cards',
      { gpus: [{ count: -1, driver: 'nvidia' }] },
      {
        DeviceRequests: [
          { Driver: 'nvidia', Count: -1, DeviceIDs: null, Capabilities: [['gpu']], Options: null },
        ],
      },
    ],
    [
      'block I/O',
      { blkio_config: { weight: 300, device_read_bps: [{ path: '/dev/a', rate: 5 }] } },
      { BlkioWeight: 300, BlkioDeviceReadBps: [{ Path: '/dev/a', Rate: 5 }] },
    ],
    ['no limit on processes', { pids_limit: 0 }, { PidsLimit: undefined }],
  ];
  it.each(cases)('%s', (_, parts, expected) => {
    const got = host(parts) as Record<string, unknown>;
    for (const [key, value] of Object.entries(expected)) expect(got[key]).toEqual(value);
  });

  it('carries seccomp profiles inline', () => {
    const option = 'seccomp=./profile.json';
    expect(
      seccompPaths(service({ security_opt: [option, 'seccomp:unconfined', 'seccomp=builtin'] })),
    ).toEqual(['./profile.json']);
    expect(host({ security_opt: [option] }, { './profile.json': '{}' })).toMatchObject({
      SecurityOpt: ['seccomp={}'],
    });
  });

  it('refuses security options that are none', () => {
    expect(() => host({ security_opt: ['confined'] })).toThrow('invalid security-opt: "confined"');
  });
});

describe('ports', () => {
  it('are exposed when they are published or listed, as they are written', () => {
    const parts = {
      ports: [{ target: 80, protocol: 'tcp' }],
      expose: ['80', '90-92/udp', '100/TCP'],
    };
    const exposed = (apiVersion: string): string[] =>
      Object.keys(exposedPorts(service(parts), apiVersion)).toSorted();
    expect(exposed('1.51')).toEqual(['100/TCP', '80', '80/tcp', '90-92/udp']);
    expect(exposed('1.52')).toEqual(['100/TCP', '80', '80/tcp', '90/udp', '91/udp', '92/udp']);
    expect(() => exposedPorts(service({ expose: ['http'] }), '1.51')).toThrow(
      'invalid port in expose',
    );
  });

  it.each([
    [undefined, true],
    ['', true],
    ['0', true],
    ['8000-8010', true],
    ['8080', false],
  ])('published as %s are picked by the engine: %s', (published, expected) => {
    const port = { target: 80, ...(published === undefined ? {} : { published }) };
    expect(picksHostPorts(service({ ports: [port] }))).toBe(expected);
  });
});
