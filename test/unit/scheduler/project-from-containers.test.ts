import { describe, expect, it } from 'vitest';
import { renderYaml } from '../../../src/compose/render.ts';
import {
  projectFromContainers,
  type FoundContainer,
} from '../../../src/scheduler/project-from-containers.ts';

const container = (more: Partial<FoundContainer> = {}): FoundContainer => ({
  service: 'web',
  image: 'nginx',
  labels: {},
  environment: [],
  mounts: [],
  networks: [],
  ports: [],
  ...more,
});

const bind = { type: 'bind', source: '/srv', target: '/data', writable: true };

describe('a project from containers', () => {
  it('counts containers of one service as replicas and says what they share once', () => {
    const ports = [{ target: 80, protocol: 'tcp' }];
    const replica = container({ ports, mounts: [bind] });
    const { services } = projectFromContainers([replica, replica]);
    expect(services).toEqual({
      web: {
        name: 'web',
        image: 'nginx',
        scale: 2,
        environment: {},
        ports,
        volumes: [{ type: 'bind', source: '/srv', target: '/data' }],
      },
    });
  });

  it('drops the labels that tools set', () => {
    const labels = { z: '1', 'com.docker.compose.project': 'p', 'desktop.docker.io/x': '', a: '2' };
    const { services } = projectFromContainers([container({ labels })]);
    expect(Object.entries(services['web']?.labels ?? {})).toEqual([
      ['a', '2'],
      ['z', '1'],
    ]);
  });

  it('tells volumes, files and secrets apart', () => {
    const volume = { type: 'volume', name: 'v', source: '/var/lib/…', target: '/v' };
    const { services, volumes, secrets } = projectFromContainers([
      container({
        mounts: [
          { ...volume, driver: 'local', writable: false },
          { ...volume, name: 'n', driver: 'nfs', writable: true },
          { ...bind, source: '/host_mnt/home/key', target: '/run/secrets/key' },
          { ...bind, type: 'tmpfs' },
        ],
      }),
    ]);
    expect(volumes).toEqual({ v: {}, n: { name: 'n', driver: 'nfs' } });
    expect(secrets).toEqual({ key: { name: 'key', file: '/home/key' } });
    expect(services['web']).toMatchObject({
      secrets: [{ source: 'key', target: '/run/secrets/key' }],
      volumes: [
        { type: 'volume', source: 'v', target: '/v', read_only: true },
        { type: 'volume', source: 'n', target: '/v' },
      ],
    });
  });

  it('is a file that can be read again', () => {
    const project = projectFromContainers([
      container({
        environment: ['PRICE=5$', 'EMPTY=', 'A=b=c', 'UNSET'],
        networks: [{ name: 'inner', aliases: ['web'], internal: true }],
      }),
    ]);
    expect(renderYaml({ name: '', configs: {}, models: {}, ...project })).toBe(`services:
  web:
    environment:
      A: b=c
      EMPTY: ""
      PRICE: 5$$
      UNSET: null
    image: nginx
    networks:
      inner:
        aliases:
          - web
    scale: 1
networks:
  inner:
    internal: true
`);
  });
});
