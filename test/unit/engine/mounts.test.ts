import { describe, expect, it } from 'vitest';
import type { Project, Service, ServiceVolume } from '../../../src/compose/model.ts';
import { mountSettings, type MountContext } from '../../../src/engine/mounts.ts';
import { project, service } from './samples.ts';

const of = (parts: Partial<Project> = {}): Project =>
  project({ volumes: { data: { name: 'p_data' } }, ...parts });

function mounts(
  parts: Partial<Service>,
  with_: Partial<MountContext> = {},
): ReturnType<typeof mountSettings> {
  return mountSettings(service(parts), {
    project: of(),
    apiVersion: '1.51',
    inherited: [],
    imageVolumes: [],
    ...with_,
  });
}

describe('mounts', () => {
  const cases: readonly (readonly [string, ServiceVolume, object])[] = [
    [
      'a path',
      { type: 'bind', source: '/a', target: '/b', bind: { create_host_path: true } },
      { Binds: ['/a:/b:rw'] },
    ],
    [
      'a path, read-only and relabelled',
      { type: 'bind', source: '/a', target: '/b', read_only: true, bind: { selinux: 'z' } },
      { Binds: ['/a:/b:ro,z'] },
    ],
    [
      'a path that must exist',
      { type: 'bind', source: '/a', target: '/b', bind: { create_host_path: false } },
      { Mounts: [{ Type: 'bind', Source: '/a', Target: '/b', BindOptions: {} }] },
    ],
    [
      'a path with propagation',
      { type: 'bind', source: '/a', target: '/b', bind: { propagation: 'rshared' } },
      {
        Mounts: [
          {
            Type: 'bind',
            Source: '/a',
            Target: '/b',
            BindOptions: { Propagation: 'rshared', CreateMountpoint: true },
          },
        ],
      },
    ],
    [
      'a path without the mounts below it',
      { type: 'bind', source: '/a', target: '/b', bind: { recursive: 'disabled' } },
      {
        Mounts: [
          {
            Type: 'bind',
            Source: '/a',
            Target: '/b',
            BindOptions: { CreateMountpoint: true, NonRecursive: true },
          },
        ],
      },
    ],
    [
      'a named volume',
      { type: 'volume', source: 'data', target: '/b', volume: {} },
      { Binds: ['p_data:/b:rw'] },
    ],
    [
      'a part of a named volume',
      { type: 'volume', source: 'data', target: '/b', volume: { subpath: 'x' } },
      {
        Mounts: [
          { Type: 'volume', Source: 'p_data', Target: '/b', VolumeOptions: { Subpath: 'x' } },
        ],
      },
    ],
    [
      'a named volume that takes nothing over from the image',
      { type: 'volume', source: 'data', target: '/b', volume: { nocopy: true } },
      {
        Mounts: [
          { Type: 'volume', Source: 'p_data', Target: '/b', VolumeOptions: { NoCopy: true } },
        ],
      },
    ],
    [
      'an anonymous volume',
      { type: 'volume', target: '/b' },
      { Mounts: [{ Type: 'volume', Source: '', Target: '/b' }] },
    ],
    [
      'memory',
      { type: 'tmpfs', target: '/b', tmpfs: { size: 5, mode: 0o700 } },
      { Mounts: [{ Type: 'tmpfs', Target: '/b', TmpfsOptions: { SizeBytes: 5, Mode: 0o700 } }] },
    ],
    [
      'an image',
      { type: 'image', source: 'busybox', target: '/b', image: { subpath: 'bin' } },
      {
        Mounts: [
          { Type: 'image', Source: 'busybox', Target: '/b', ImageOptions: { Subpath: 'bin' } },
        ],
      },
    ],
  ];
  it.each(cases)('%s', (_, volume, expected) => {
    expect(mounts({ volumes: [volume] })).toEqual(expected);
  });

  it('of images need an engine that knows them', () => {
    const volumes = [{ type: 'image', source: 'i', target: '/b' } as const];
    expect(() => mounts({ volumes }, { apiVersion: '1.47' })).toThrow(
      'volume with type=image require Docker Engine v28 or later',
    );
  });

  it('keep volumes that nobody named when a container is replaced', () => {
    const inherited = [
      { type: 'volume', source: 'hash1', target: '/image', readOnly: false },
      { type: 'volume', source: 'hash2', target: '/mine', readOnly: true },
      { type: 'volume', source: 'hash3', target: '/gone', readOnly: false },
      { type: 'tmpfs', source: '', target: '/image2', readOnly: false },
    ];
    const volumes = [
      { type: 'volume', target: '/mine' } as const,
      { type: 'volume', target: '/new' } as const,
    ];
    expect(mounts({ volumes }, { inherited, imageVolumes: ['/image', '/image2'] })).toEqual({
      Mounts: [
        { Type: 'volume', Source: 'hash1', Target: '/image' },
        { Type: 'volume', Source: 'hash2', Target: '/mine', ReadOnly: true },
        { Type: 'volume', Source: '', Target: '/new' },
      ],
    });
  });

  it('that are named now win over inherited ones', () => {
    const inherited = [{ type: 'volume', source: 'old', target: '/data', readOnly: false }];
    const volumes = [{ type: 'volume', source: 'data', target: '/data' } as const];
    expect(mounts({ volumes }, { inherited, imageVolumes: ['/data'] })).toEqual({
      Binds: ['p_data:/data:rw'],
    });
  });
});

describe('configs and secrets', () => {
  const files = of({
    secrets: {
      s: { file: '/f/s' },
      env: { environment: 'X' },
      ext: { name: 'p_ext', external: true },
    },
    configs: { c: { file: '/f/c' }, text: { content: 'x' } },
  });

  it('that are files are mounted read-only at their default places', () => {
    const parts = { secrets: [{ source: 's' }], configs: [{ source: 'c' }] };
    expect(mounts(parts, { project: files })).toEqual({
      Mounts: [
        { Type: 'bind', Source: '/f/s', Target: '/run/secrets/s', ReadOnly: true, BindOptions: {} },
        { Type: 'bind', Source: '/f/c', Target: '/c', ReadOnly: true },
      ],
    });
  });

  it('that are written are not mounted', () => {
    const parts = {
      secrets: [{ source: 'env' }, { source: 's', uid: '5' }],
      configs: [{ source: 'text' }],
    };
    expect(mounts(parts, { project: files })).toEqual({});
  });

  it('are mounted in read-only containers, whoever should own them', () => {
    const parts = { read_only: true, secrets: [{ source: 's', uid: '5' }] };
    expect(mounts(parts, { project: files }).Mounts).toHaveLength(1);
  });

  it('never replace a volume', () => {
    const volumes = [{ type: 'bind', source: '/a', target: '/c' } as const];
    const parts = { volumes, configs: [{ source: 'c', target: '/c' }] };
    expect(mounts(parts, { project: files })).toEqual({ Binds: ['/a:/c:rw'] });
  });

  it('of elsewhere are refused', () => {
    expect(() => mounts({ secrets: [{ source: 'ext' }] }, { project: files })).toThrow(
      'unsupported external secret p_ext',
    );
  });
});
