import { describe, expect, it, test } from 'vitest';

import { decodeProject } from '../../../src/compose/decode.ts';
import type { HashDialect } from '../../../src/compose/hash.ts';
import { networkHash, serviceHash, volumeHash } from '../../../src/compose/hash.ts';
import type { Project, Service } from '../../../src/compose/model.ts';
import { tree } from './tree.ts';

const { project } = decodeProject(
  tree(`
services:
  plain:
    image: busybox
    environment: {A: "1", B: null, C: "<&>"}
    networks: {default: null}
  bound:
    image: busybox
    networks: {default: null}
    volumes:
      - {type: bind, source: /data, target: /data, bind: {create_host_path: true}}
      - {type: bind, source: /long, target: /long, bind: {propagation: rslave}}
      - {type: bind, source: /off, target: /off, bind: {create_host_path: false}}
      - {type: volume, source: vol, target: /vol, bind: {selinux: z}, volume: {}}
  rich:
    image: busybox
    profiles: [p]
    depends_on: {plain: {condition: service_started, required: true}}
    command: []
    entrypoint: run "it now"
    cpus: 0.35
    mem_limit: 64m
    stop_grace_period: 1m30s
    extra_hosts: ["z:1.1.1.1", "a:::1"]
    secrets: [{source: s, target: /run/secrets/s, mode: 0440}]
    ulimits: {nproc: 5, nofile: {soft: 1, hard: 2}}
    scale: 2
    blkio_config: {device_read_bps: [{path: /dev/sda, rate: 12mb}]}
    deploy: {replicas: 2, resources: {limits: {cpus: 0.35, memory: 64m, pids: 7}}}
    healthcheck: {test: [CMD-SHELL, exit 0], interval: 5s}
    labels: {b: 2, a: 1}
    networks: {default: null}
    env_file: [{path: /e, required: true}]
    x-ignored: 1
  attached:
    image: busybox
    networks:
      default:
        aliases: [a]
        priority: 5
        ipv4_address: 10.1.0.9
        mac_address: '02:42:ac:11:00:01'
networks:
  default:
    name: gold_default
    driver_opts: {a: "1"}
    ipam: {config: [{subnet: 10.1.0.0/24}]}
volumes:
  vol: {name: gold_vol, labels: {k: v}}
`),
  { name: 'gold', workingDir: '/p', composeFiles: [], envFiles: [], environment: {}, profiles: [] },
);

function service(name: keyof Project['services']): Service {
  const found = project.services[name];
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

const plain = '065b18267ea4ea2f879919b0ecf8e4d16e05e578f517c9c63b71b80bbd52bf1a';
const rich = '42c85dcaec8bf5407abe9f85405a785e28841d435e46ace8dc2b0508a105fa27';

describe('the hash of a service', () => {
  test.each<[string, HashDialect, string]>([
    ['plain', 'v5', plain],
    ['plain', 'v2', plain],
    ['plain', 'v2.33', plain],
    ['bound', 'v5', '6230c8263f6be49e4be953a2073198636ca321d748c9be637383e23edb3232e2'],
    ['bound', 'v2', '6e6cfc1e7ae1e354ffb76b38f60152f6ce5e75723cd26a8cd1efc16d0185d14a'],
    ['attached', 'v2', '500dbcf56c32da24f16c6861f3cc3d9d780124b9fe841a10b1ca136df0752d6a'],
    ['attached', 'v2.33', 'f95cd936a42ad5d68443242a7bf9e91b5ff2fe4d525670e10d68b4a9088ef6f9'],
    ['rich', 'v5', rich],
    ['rich', 'v2', rich],
  ])('%s is what Compose computes in %s', (name, dialect, hash) => {
    expect(serviceHash(service(name), { dialect })).toBe(hash);
  });

  it('covers dependencies, profiles and decimal file modes in early releases of Compose 2', () => {
    const early = { dialect: 'v2.33', kept: ['depends_on', 'profiles'] } as const;
    expect(serviceHash(service('rich'), early)).toBe(
      'da57b00aa3ff39edbf9a3fd2a3c388a924024fd5656bd8a421fee3714c4db3d3',
    );
  });

  it('passes over what makes no difference to a container', () => {
    const { name: _, ...same } = service('rich');
    const changed: Service = {
      ...same,
      name: 'other',
      scale: 5,
      profiles: ['q'],
      depends_on: {},
      pull_policy: 'always',
      build: { context: '/b' },
      env_file: [],
      label_file: ['/l'],
      deploy: { ...same.deploy, replicas: 9 },
      extensions: {},
    };
    expect(serviceHash(changed)).toBe(rich);
  });

  it('takes references to other containers and the default platform from the caller', () => {
    const sharing = { ...service('plain'), network_mode: 'service:x' };
    const resolved = { ...service('plain'), network_mode: 'container:abc' };
    expect(serviceHash(sharing, { references: { network_mode: 'container:abc' } })).toBe(
      serviceHash(resolved),
    );
    expect(serviceHash(sharing, { platform: 'linux/arm64' })).toBe(
      serviceHash({ ...sharing, platform: 'linux/arm64' }),
    );
  });
});

it('networks and volumes are hashed as Compose hashes them, with its default driver', () => {
  expect(networkHash(project.networks.default ?? {})).toBe(
    'a95af2c8c9fbde5d20d21f9a791fc3ddc03d750f980fe15054c99c0ee2a82106',
  );
  const volume = project.volumes.vol ?? {};
  expect(volumeHash(volume)).toBe(
    '291dfe428b0146e2b1ed76936f51d0e12c227177b39a9c699249c65468c0ea51',
  );
  expect(volumeHash({ ...volume, driver: 'local' })).toBe(volumeHash(volume));
});
