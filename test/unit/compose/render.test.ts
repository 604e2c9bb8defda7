import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { decodeProject } from '../../../src/compose/decode.ts';
import type { Project } from '../../../src/compose/model.ts';
import { renderTreeJson, renderTreeYaml } from '../../../src/compose/render-tree.ts';
import { renderJson, renderYaml } from '../../../src/compose/render.ts';
import { tree } from './tree.ts';

const meta = {
  name: 'demo',
  workingDir: '/p',
  composeFiles: [],
  envFiles: [],
  environment: {},
  profiles: [],
};

function decode(text: string): Project {
  const { project, diagnostics } = decodeProject(tree(text), meta);
  expect(diagnostics).toEqual([]);
  return project;
}

const everyForm = `
services:
  web:
    image: nginx
    x-note: {b: 1, a: [x]}
    environment: {B: null, A: "a$b", N: "1"}
    command: []
    cpus: 0.5
    mem_limit: 64m
    stop_grace_period: 90s
    depends_on: {db: {condition: service_healthy, required: false, x-why: order}}
    networks: {default: null}
    ports: [{mode: ingress, target: 80, published: "8080", protocol: tcp}]
    volumes:
      - {type: bind, source: /a, target: /a, bind: {create_host_path: true}}
      - {type: bind, source: /b, target: /b, bind: {create_host_path: false}}
      - {type: tmpfs, target: /t, tmpfs: {size: 1k, mode: 01777}}
    secrets: [{source: s, target: /run/secrets/s, mode: 0440}]
    env_file: [{path: /e, required: true}, {path: /f, required: false, format: raw}]
    extra_hosts: {h: ["::1", 1.1.1.1]}
    ulimits: {nproc: 5, nofile: {soft: 1, hard: 2}}
    blkio_config: {weight_device: [{path: /d, weight: 5}], device_read_bps: [{path: /d, rate: 1k}]}
    deploy: {resources: {reservations: {generic_resources: [{discrete_resource_spec: {kind: gpu, value: 1}}]}}}
    develop: {watch: [{path: /w, action: rebuild}]}
    post_start: [{user: root}]
    healthcheck: {test: [CMD, "true"], interval: 1m}
  db:
    image: db
    build: {context: /c, ssh: {default: null, k: /key}, args: {A: null}}
networks:
  default: {name: demo_default, ipam: {config: [{subnet: 10.0.0.0/24, x-lost: 1}]}}
volumes:
  v: {name: demo_v}
secrets:
  s: {name: demo_s, environment: S, x-#value: hidden}
  f: {name: demo_f, file: /f}
configs:
  c: {name: demo_c, content: "line 1\\nline 2\\n"}
  e: {name: demo_e, environment: E, x-#value: hidden too}
models:
  m: {name: demo_m, model: ai/m}
x-top: 1.5
`;

describe('a project as YAML', () => {
  it('lists keys in the order of the model, extensions last, and doubles every dollar', () => {
    expect(renderYaml(decode(everyForm))).toBe(
      `name: demo
services:
  db:
    build:
      context: /c
      args:
        A: null
      ssh:
        - default
        - k=/key
    image: db
  web:
    develop:
      watch:
        - path: /w
          action: rebuild
    blkio_config:
      weight_device:
        - path: /d
          weight: 5
      device_read_bps:
        - path: /d
          rate: "1024"
    cpus: 0.5
    command: []
    depends_on:
      db:
        condition: service_healthy
        required: false
        x-why: order
    deploy:
      resources:
        reservations:
          generic_resources:
            - discrete_resource_spec:
                kind: gpu
                value: 1
    environment:
      A: a$$b
      B: null
      "N": "1"
    env_file:
      - path: /e
      - path: /f
        required: false
        format: raw
    extra_hosts:
      - h=1.1.1.1
      - h=::1
    healthcheck:
      test:
        - CMD
        - "true"
      interval: 1m0s
    image: nginx
    mem_limit: "67108864"
    networks:
      default: null
    ports:
      - mode: ingress
        target: 80
        published: "8080"
        protocol: tcp
    secrets:
      - source: s
        target: /run/secrets/s
        mode: "0440"
    stop_grace_period: 1m30s
    ulimits:
      nofile:
        soft: 1
        hard: 2
      nproc: 5
    volumes:
      - type: bind
        source: /a
        target: /a
        bind: {}
      - type: bind
        source: /b
        target: /b
        bind:
          create_host_path: false
      - type: tmpfs
        target: /t
        tmpfs:
          size: "1024"
          mode: 1023
    post_start:
      - user: root
    x-note:
      a:
        - x
      b: 1
networks:
  default:
    name: demo_default
    ipam:
      config:
        - subnet: 10.0.0.0/24
volumes:
  v:
    name: demo_v
secrets:
  f:
    name: demo_f
    file: /f
  s:
    name: demo_s
    environment: S
configs:
  c:
    name: demo_c
    content: |
      line 1
      line 2
  e:
    name: demo_e
    environment: E
models:
  m:
    name: demo_m
    model: ai/m
x-top: 1.5
`.replace('"N":', "'N':"),
    );
  });

  it('has services even where there are none, and no empty sections', () => {
    expect(renderYaml({ ...decode('{}'), name: '' })).toBe('services: {}\n');
  });
});

describe('a project as JSON', () => {
  it('shows what Go cannot leave out, sorts the top level, and has neither models nor secrets', () => {
    const text = renderJson(decode(everyForm));
    expect(text).not.toContain('hidden');
    const shown = JSON.parse(text) as Record<string, Record<string, Record<string, unknown>>>;
    expect(Object.keys(shown)).toEqual([
      'configs',
      'name',
      'networks',
      'secrets',
      'services',
      'volumes',
      'x-top',
    ]);
    expect(shown.services?.web).toMatchObject({
      command: [],
      entrypoint: null,
      blkio_config: {
        weight_device: [{ Path: '/d', Weight: 5 }],
        device_read_bps: [{ Path: '/d', Rate: '1024' }],
      },
      develop: { watch: [{ path: '/w', action: 'rebuild', exec: { command: null } }] },
      deploy: { placement: {} },
      post_start: [{ command: null, user: 'root' }],
      environment: { A: 'a$$b' },
    });
    expect(shown.services?.web).not.toHaveProperty('x-note');
    expect(shown.networks?.default?.ipam).toEqual({ config: [{ subnet: '10.0.0.0/24' }] });
    expect(shown.volumes).toEqual({ v: { name: 'demo_v' } });
  });
});

it('a rendered project decodes to the same project', () => {
  const name = fc.constantFrom('a', 'b2', 'b10', 'x.y', 'on', '1');
  const text = fc.constantFrom('', 'x', 'a b', '1', 'null', '$x', 'l1\nl2', ' s', '#c', "it's");
  const number = fc.integer({ min: 1, max: 1 << 30 });
  const texts = fc.dictionary(name, text, { minKeys: 1 });
  const service = fc.record(
    {
      image: fc.constant('i'),
      environment: fc.dictionary(name, fc.option(text), { minKeys: 1 }),
      labels: texts,
      command: fc.array(text),
      mem_limit: number,
      stop_grace_period: fc.integer({ min: 0, max: 1e12 }),
      cpus: fc.constantFrom(0.1, 0.333, 2, 1.25),
      init: fc.boolean(),
      scale: fc.nat(9),
      extra_hosts: fc.dictionary(fc.constantFrom('h', 'i'), fc.constant(['1.1.1.1', '::1']), {
        minKeys: 1,
      }),
      networks: fc.dictionary(name, fc.option(fc.record({ aliases: fc.constant(['x']) })), {
        minKeys: 1,
      }),
      healthcheck: fc.record({ test: fc.constant(['CMD', 'x']), retries: fc.nat(5) }),
      ulimits: fc.dictionary(
        name,
        fc.oneof(fc.record({ single: number }), fc.record({ soft: number, hard: number })),
        { minKeys: 1 },
      ),
      secrets: fc.constant([{ source: 's', mode: 0o440 }]),
      extensions: fc.dictionary(fc.constantFrom('x-a', 'x-b'), fc.oneof(text, fc.array(number)), {
        minKeys: 1,
      }),
    },
    { requiredKeys: ['image'] },
  );
  fc.assert(
    fc.property(fc.dictionary(name, service), (services) => {
      const named = Object.entries(services).map(([key, value]) => [key, { name: key, ...value }]);
      const project: Project = { ...decode('{}'), services: Object.fromEntries(named) };
      const again = decode(renderYaml(project).replaceAll('$$', '$'));
      expect(again).toEqual(project);
      expect(renderJson(again)).toBe(renderJson(project));
    }),
  );
});

describe('a tree as it is', () => {
  const raw = tree('b: ["$X", 1.0, 1e6, 0x10, 2024-01-02, true, null]\na10: 1\na2: {z: "1"}\n');

  it('keeps the types of values and sorts keys', () => {
    expect(renderTreeYaml(raw)).toBe(
      'a2:\n  z: "1"\na10: 1\nb:\n  - $X\n  - 1\n  - 1e+06\n  - 16\n  - 2024-01-02T00:00:00Z\n  - true\n  - null\n',
    );
    expect(JSON.parse(renderTreeJson(raw))).toEqual({
      a2: { z: '1' },
      a10: 1,
      b: ['$X', 1, 1e6, 16, '2024-01-02T00:00:00Z', true, null],
    });
  });
});
