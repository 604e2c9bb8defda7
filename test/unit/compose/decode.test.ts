import { describe, expect, it, test } from 'vitest';

import type { Decoded } from '../../../src/compose/decode.ts';
import { decodeProject } from '../../../src/compose/decode.ts';
import type { Service } from '../../../src/compose/model.ts';
import { place, tree } from './tree.ts';

const meta = {
  name: 'demo',
  workingDir: '/p',
  composeFiles: ['/p/compose.yaml'],
  envFiles: [],
  environment: {},
  profiles: [],
};

function decode(text: string): Decoded {
  return decodeProject(tree(text), meta);
}

/** The one service `a` of a project without faults. */
function service(text: string): Service | undefined {
  const { project, diagnostics } = decode(`services: {a: {${text}}}`);
  expect(diagnostics).toEqual([]);
  return project.services.a;
}

test.each<[string, Partial<Service>]>([
  ['cpus: 0.1', { cpus: 0.1 }],
  ['cpus: "1.10"', { cpus: 1.1 }],
  ['cpus: 0.123456789', { cpus: 0.12345679 }],
  ['cpus: 0', {}],
  ['mem_limit: 512m', { mem_limit: 512 * 1024 ** 2 }],
  ['mem_limit: 1.5GiB', { mem_limit: 1.5 * 1024 ** 3 }],
  ['memswap_limit: -1', { memswap_limit: -1 }],
  ['stop_grace_period: 1d1m30s', { stop_grace_period: 86_490e9 }],
  ['stop_grace_period: 0s', { stop_grace_period: 0 }],
  ['command: echo "a b" c', { command: ['echo', 'a b', 'c'] }],
  ['command: ""', { command: [] }],
  ['command: null', {}],
  ['entrypoint: []', { entrypoint: [] }],
  ['privileged: false', {}],
  ['init: false', { init: false }],
  ['attach: "no"', { attach: false }],
  ['scale: "0"', { scale: 0 }],
  [
    'environment: {A: 1.0, B: null, C: true, D: ""}',
    { environment: { A: '1', B: null, C: 'true', D: '' } },
  ],
  ['environment: [A=1=2, B, C=]', { environment: { A: '1=2', B: null, C: '' } }],
  ['labels: [a=1, b]', { labels: { a: '1', b: '' } }],
  [
    'labels: {a: null, b: 0440, c: 2024-01-01}',
    { labels: { a: '', b: '288', c: '2024-01-01 00:00:00 +0000 UTC' } },
  ],
  ['annotations: {}', {}],
  ['expose: [80, 1.5, "90"]', { expose: ['80', '1.5', '90'] }],
  ['build: {provenance: true, sbom: "false"}', { build: { provenance: 'true', sbom: 'false' } }],
  ['dns: 1.1.1.1', { dns: ['1.1.1.1'] }],
  [
    'extra_hosts: {h: "[::1]", i: [1.1.1.1, 2.2.2.2]}',
    { extra_hosts: { h: ['::1'], i: ['1.1.1.1', '2.2.2.2'] } },
  ],
  [
    'extra_hosts: ["h:1.1.1.1", "h=::1", "i=1.1.1.1,2.2.2.2"]',
    { extra_hosts: { h: ['1.1.1.1', '::1'], i: ['1.1.1.1', '2.2.2.2'] } },
  ],
  [
    'healthcheck: {test: exit 0, retries: "3"}',
    { healthcheck: { test: ['CMD-SHELL', 'exit 0'], retries: 3 } },
  ],
  ['healthcheck: {disable: true}', { healthcheck: { disable: true } }],
  [
    'ulimits: {nproc: 5, nofile: {soft: 1, hard: "2"}}',
    { ulimits: { nproc: { single: 5 }, nofile: { soft: 1, hard: 2 } } },
  ],
  [
    'secrets: [{source: s, mode: "0440"}, {source: t, mode: 0400}]',
    {
      secrets: [
        { source: 's', mode: 0o440 },
        { source: 't', mode: 0o400 },
      ],
    },
  ],
  ['networks: {n: null, m: {priority: 1.9}}', { networks: { n: null, m: { priority: 1 } } }],
  ['gpus: [{count: all}, {count: "2"}]', { gpus: [{ count: -1 }, { count: 2 }] }],
  ['deploy: {}', { deploy: {} }],
  [
    'deploy: {replicas: 0, resources: {limits: {cpus: "0.5", memory: 1g, pids: 3}}, placement: {}}',
    { deploy: { replicas: 0, resources: { limits: { cpus: 0.5, memory: 1024 ** 3, pids: 3 } } } },
  ],
  ['ports: [{target: 80, published: 8080}]', { ports: [{ target: 80, published: '8080' }] }],
  [
    'volumes: [{type: tmpfs, tmpfs: {size: 1k, mode: 01777}}]',
    { volumes: [{ type: 'tmpfs', tmpfs: { size: 1024, mode: 0o1777 } }] },
  ],
  [
    'volumes: [{type: bind, bind: {create_host_path: false}}]',
    { volumes: [{ type: 'bind', bind: { create_host_path: false } }] },
  ],
  ['x-a: {b: [1, null]}, image: i', { image: 'i', extensions: { 'x-a': { b: [1, null] } } }],
  [
    'provider: {type: t, options: {a: 1, b: [x, true]}}',
    { provider: { type: 't', options: { a: ['1'], b: ['x', 'true'] } } },
  ],
  [
    'depends_on: {b: {condition: service_healthy, restart: "true"}}',
    { depends_on: { b: { condition: 'service_healthy', restart: true, required: true } } },
  ],
  ['pull_refresh_after: 1h', {}],
])('reads %s', (text, expected) => {
  expect(service(text)).toEqual({ name: 'a', ...expected });
});

test.each([
  ['mem_limit: lots', "'services[a].mem_limit' invalid size: 'lots'"],
  ['shm_size: 5x', "'services[a].shm_size' invalid suffix: 'x'"],
  ['command: echo "a', "'services[a].command' invalid command line string"],
  [
    'healthcheck: {interval: 10q}',
    '\'services[a].healthcheck.interval\' time: unknown unit "q" in duration "10q"',
  ],
  [
    'stop_grace_period: "10"',
    '\'services[a].stop_grace_period\' time: missing unit in duration "10"',
  ],
  ['scale: two', '\'services[a].scale\' strconv.ParseInt: parsing "two": invalid syntax'],
  ['tty: maybe', "'services[a].tty' invalid boolean: maybe"],
  ['cpus: half', '\'services[a].cpus\' strconv.ParseFloat: parsing "half": invalid syntax'],
  [
    'configs: [{source: c, mode: "9"}]',
    '\'services[a].configs[0].mode\' strconv.ParseInt: parsing "9": invalid syntax',
  ],
  [
    'gpus: [{count: many}]',
    "'services[a].gpus[0].count' invalid value \"many\", the only value allowed is 'all' or a number",
  ],
  [
    'image: 2024-01-01',
    "'services[a].image' expected type 'string', got unconvertible type 'timestamp'",
  ],
  [
    'group_add: [1.5]',
    "'services[a].group_add[0]' expected type 'string', got unconvertible type 'float'",
  ],
  [
    'ports: [{target: -1}]',
    "'services[a].ports[0].target' cannot parse value as 'uint32': -1 overflows uint",
  ],
  ['mem_limit: 1e9', "'services[a].mem_limit' is ignored: a size must be a whole number"],
  ['extra_hosts: [h]', "'services[a].extra_hosts' invalid additional host, missing IP: h"],
  ['extra_hosts: [=1.1.1.1]', "'services[a].extra_hosts' bad host name ''"],
  [
    'environment: ["A =1"]',
    "'services[a].environment' environment variable A  is declared with a trailing space",
  ],
  [
    'storage_opt: {size: [1]}',
    "'services[a].storage_opt[size]' expected type 'string', got unconvertible type 'list'",
  ],
])('reports %s', (text, message) => {
  expect(decode(`services: {a: {${text}}}`).diagnostics.map((fault) => fault.message)).toEqual([
    message,
  ]);
});

describe('a project', () => {
  it('has its elements sorted by name, its own extensions, and everything that was asked for', () => {
    const { project, diagnostics } = decode(
      'services: {z: {image: i}, B: {image: i}, a: null}\nnetworks: {n: null}\nx-top: 1\nvolumes: {v: {external: true, name: w}}',
    );
    expect(diagnostics).toEqual([]);
    expect(Object.keys(project.services)).toEqual(['B', 'a', 'z']);
    expect(project).toMatchObject({
      ...meta,
      networks: { n: {} },
      volumes: { v: { name: 'w', external: true } },
      secrets: {},
      extensions: { 'x-top': 1 },
    });
  });

  it('collects every fault with its place', () => {
    const { diagnostics } = decode(
      'services:\n  a:\n    mem_limit: lots\n    cpus: half\n  b.c:\n    tty: maybe\n',
    );
    expect(diagnostics.map(({ span, path }) => [place(span), path])).toEqual([
      ['/p/compose.yaml:4:11', 'services.a.cpus'],
      ['/p/compose.yaml:3:16', 'services.a.mem_limit'],
      ['/p/compose.yaml:6:10', 'services."b.c".tty'],
    ]);
  });
});
