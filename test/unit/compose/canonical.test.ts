import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { canonicalize } from '../../../src/compose/canonical.ts';
import { nodeAt, toPlain } from '../../../src/compose/node.ts';
import { placed, tree } from './tree.ts';

function service(text: string): unknown {
  const { node, diagnostics } = canonicalize(tree(`services: {a: {${text}}}`));
  expect(diagnostics).toEqual([]);
  const made = nodeAt(node, ['services', 'a']);
  return made === undefined ? undefined : toPlain(made);
}

const started = { condition: 'service_started', required: true };

describe('the long form of a service', () => {
  it.each<[string, unknown]>([
    ['build: ./app', { build: { context: './app' } }],
    [
      'build: {secrets: [s, {source: t}]}',
      { build: { secrets: [{ source: 's' }, { source: 't' }] } },
    ],
    ['build: {provenance: true, sbom: false}', { build: { provenance: 'true', sbom: 'false' } }],
    ['build: {provenance: mode=max}', { build: { provenance: 'mode=max' } }],
    [
      'build: {additional_contexts: [a=b=c, d=]}',
      { build: { additional_contexts: { a: 'b=c', d: '' } } },
    ],
    ['build: {ssh: [default, k=/p]}', { build: { ssh: { default: null, k: '/p' } } }],
    ['build: {ssh: {default: }}', { build: { ssh: { default: null } } }],
    ['depends_on: [b, c]', { depends_on: { b: started, c: started } }],
    [
      'depends_on: {b: {condition: service_healthy}, c: {required: false}}',
      {
        depends_on: {
          b: { condition: 'service_healthy', required: true },
          c: { condition: 'service_started', required: false },
        },
      },
    ],
    ['env_file: x.env', { env_file: [{ path: 'x.env', required: true }] }],
    [
      'env_file: [x.env, {path: y.env, required: false, format: raw}, {path: z.env}]',
      {
        env_file: [
          { path: 'x.env', required: true },
          { path: 'y.env', required: false, format: 'raw' },
          { path: 'z.env', required: true },
        ],
      },
    ],
    ['label_file: x', { label_file: ['x'] }],
    ['dns: 1.1.1.1', { dns: ['1.1.1.1'] }],
    ['extends: b', { extends: { service: 'b' } }],
    ['gpus: all', { gpus: [{ count: 'all' }] }],
    ['networks: [n, m]', { networks: { n: null, m: null } }],
    ['models: [n]', { models: { n: null } }],
    ['secrets: [s], configs: [c]', { secrets: [{ source: 's' }], configs: [{ source: 'c' }] }],
    [
      'devices: [/dev/a, "/dev/a:/dev/b", "/dev/a:/dev/b:r", vendor.com/class=name]',
      {
        devices: [
          { source: '/dev/a', target: '/dev/a', permissions: 'rwm' },
          { source: '/dev/a', target: '/dev/b', permissions: 'rwm' },
          { source: '/dev/a', target: '/dev/b', permissions: 'r' },
          { source: 'vendor.com/class=name', target: 'vendor.com/class=name', permissions: 'rwm' },
        ],
      },
    ],
    [
      'ulimits: {nofile: 10, nproc: {soft: 1, hard: 2}}',
      { ulimits: { nofile: 10, nproc: { soft: 1, hard: 2 } } },
    ],
    [
      'develop: {watch: [{ignore: x, include: [y]}]}',
      { develop: { watch: [{ ignore: ['x'], include: ['y'] }] } },
    ],
    [
      'ports: [80, "127.0.0.1:81-82:81-82/udp", {target: 1}]',
      {
        ports: [
          { mode: 'ingress', target: 80, protocol: 'tcp' },
          { mode: 'ingress', host_ip: '127.0.0.1', target: 81, published: '81', protocol: 'udp' },
          { mode: 'ingress', host_ip: '127.0.0.1', target: 82, published: '82', protocol: 'udp' },
          { target: 1 },
        ],
      },
    ],
    ['volumes: [/x]', { volumes: [{ type: 'volume', target: '/x' }] }],
    ['volumes: [/data]', { volumes: [{ type: 'volume', target: '/data', volume: {} }] }],
    [
      'volumes: ["vol:/data:nocopy,ro"]',
      {
        volumes: [
          {
            type: 'volume',
            source: 'vol',
            target: '/data',
            read_only: true,
            volume: { nocopy: true },
          },
        ],
      },
    ],
    [
      'volumes: ["./v:/a/../data/:z,rslave"]',
      {
        volumes: [
          {
            type: 'bind',
            source: './v',
            target: '/data',
            bind: { selinux: 'z', propagation: 'rslave', create_host_path: true },
          },
        ],
      },
    ],
  ])('%s', (text, long) => {
    expect(service(text)).toEqual(long);
  });
});

describe('faults in short forms', () => {
  it.each([
    ['ports: ["abc"]', 'Invalid containerPort: abc', '1: "abc"'],
    ['ports: [1.5]', 'services.a.ports: invalid type float64 for port', '1: 1.5'],
    ['volumes: [":/x"]', 'invalid spec: :/x: empty section between colons', '1: ":/x"'],
    [
      'devices: ["a:b:c:d"]',
      'confusing device mapping, please use long syntax: a:b:c:d',
      '1: "a:b:c:d"',
    ],
    ['build: {ssh: [key]}', 'invalid ssh key "key"', '1: key'],
    [
      'build: {additional_contexts: [x]}',
      'services.a.build.additional_contexts: invalid value x, expected key=value',
      '1: x',
    ],
  ])('%s: %s', (text, message, place) => {
    const short = tree(`services: {a: {${text}}}`);
    const { diagnostics } = canonicalize(short);
    expect(diagnostics.map((fault) => [fault.message, placed(fault.span)])).toEqual([
      [message, place],
    ]);
    const kept = canonicalize(short, { ignoreParseErrors: true });
    expect(kept.diagnostics).toEqual([]);
  });

  it('are all reported', () => {
    const { diagnostics } = canonicalize(
      tree('services: {a: {ports: [x, "80/y"], volumes: [":/x"]}}'),
    );
    expect(
      diagnostics.map(({ path }) => path).toSorted((a = '', b = '') => a.localeCompare(b)),
    ).toEqual(['services.a.ports[0]', 'services.a.ports[1]', 'services.a.volumes[0]']);
  });
});

describe('external resources', () => {
  it('take the deprecated external.name as their name and say so', () => {
    const { node, diagnostics } = canonicalize(tree('networks: {n: {external: {name: x}}}'));
    expect(toPlain(node)).toEqual({ networks: { n: { external: true, name: 'x' } } });
    expect(diagnostics.map(({ severity, message }) => `${severity}: ${message}`)).toEqual([
      'warning: networks.n: external.name is deprecated. Please set name and external: true',
    ]);
  });

  it('may not have two names', () => {
    const { diagnostics } = canonicalize(tree('volumes: {v: {name: y, external: {name: x}}}'));
    expect(diagnostics.filter(({ severity }) => severity === 'error')).toMatchObject([
      { message: 'volumes.v: name and external.name conflict; only use name' },
    ]);
  });

  it('are external when the mapping says nothing', () => {
    const { node } = canonicalize(tree('configs: {c: {external: {}}}'));
    expect(toPlain(node)).toEqual({ configs: { c: { external: true } } });
  });
});

it('places long forms at the short ones', () => {
  const { node } = canonicalize(tree('services:\n  a:\n    ports:\n      - "80:81"\n'));
  expect(placed(nodeAt(node, ['services', 'a', 'ports', 0, 'target'])?.span)).toBe('4: "80:81"');
});

it('leaves shapes alone that the schema refuses', () => {
  const text = 'services: {a: {build: 1, depends_on: 2, networks: [{x: 1}], ports: 80}, b: null}';
  expect(toPlain(canonicalize(tree(text)).node)).toEqual(toPlain(tree(text)));
});

it('changes nothing the second time', () => {
  const port = fc.constantFrom(
    '80',
    '"80:81/udp"',
    '"8000-8001:80-81"',
    '"[::1]:1:2"',
    '{target: 3}',
  );
  const volume = fc.constantFrom('/x', '"./a:/b:ro"', 'v:/b:nocopy', '{type: tmpfs, target: /t}');
  const device = fc.constantFrom('/dev/a', '"/dev/a:/dev/b:r"', '{source: /dev/a}');
  const rest = fc.constantFrom(
    'build: .',
    'build: {ssh: [default], additional_contexts: [a=b], sbom: true}',
    'env_file: [a, {path: b}]',
    'depends_on: [b]',
    'gpus: all',
  );
  const lists = fc.tuple(fc.array(port), fc.array(volume), fc.array(device), rest);
  fc.assert(
    fc.property(lists, ([ports, volumes, devices, other]) => {
      const text = `services: {a: {ports: [${ports.join()}], volumes: [${volumes.join()}], devices: [${devices.join()}], ${other}}}`;
      const once = canonicalize(tree(text)).node;
      expect(toPlain(canonicalize(once).node)).toEqual(toPlain(once));
    }),
  );
});
