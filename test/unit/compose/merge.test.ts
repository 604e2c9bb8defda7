import { describe, expect, it, test } from 'vitest';

import { mergeAt, mergeTrees } from '../../../src/compose/merge.ts';
import { nodeAt } from '../../../src/compose/node.ts';
import type { Node } from '../../../src/compose/node.ts';
import { enforceUnicity } from '../../../src/compose/unicity.ts';
import { place, plain, tree } from './tree.ts';

/** The one service of both files, merged, entries that mean the same dropped. */
function mergeService(base: string, override: string): unknown {
  const merged = mergeTrees(tree(`services: {s: {${base}}}`), tree(`services: {s: {${override}}}`));
  expect(merged.diagnostics).toEqual([]);
  const unique = enforceUnicity(merged.node);
  expect(unique.diagnostics).toEqual([]);
  return (plain(unique.node) as { services: { s: unknown } }).services.s;
}

test.each([
  ['image: a', 'image: b', { image: 'b' }],
  ['image: a, tty: true', 'hostname: h', { image: 'a', tty: true, hostname: 'h' }],
  ['image: a', 'image: null', { image: 'a' }],
  ['image: null', 'image: b', { image: 'b' }],
  ['command: [a, b]', 'command: c', { command: 'c' }],
  ['command: a', 'command: null', { command: null }],
  ['entrypoint: [a]', 'entrypoint: [b]', { entrypoint: ['b'] }],
  [
    'healthcheck: {test: [CMD, a], retries: 1}',
    'healthcheck: {test: b}',
    { healthcheck: { test: 'b', retries: 1 } },
  ],
  ['environment: {A: 1, B: null}', 'environment: [A=2, C=3]', { environment: ['A=2', 'B', 'C=3'] }],
  [
    'environment: [B=1, A=1]',
    'environment: {A: 1.0, C: true}',
    { environment: ['B=1', 'A=1', 'C=true'] },
  ],
  ['labels: [a]', 'labels: {b: null}', { labels: ['a', 'b'] }],
  ['labels: {z: 1, a: 2}', 'labels: null', { labels: ['a=2', 'z=1'] }],
  ['dns: 1.1.1.1', 'dns: [8.8.8.8, 1.1.1.1]', { dns: ['1.1.1.1', '8.8.8.8'] }],
  ['tmpfs: /a', 'tmpfs: /b', { tmpfs: ['/a', '/b'] }],
  [
    'env_file: a.env',
    'env_file: [{path: b.env, required: false}]',
    { env_file: ['a.env', { path: 'b.env', required: false }] },
  ],
  [
    'depends_on: [a]',
    'depends_on: {b: {condition: service_healthy}}',
    {
      depends_on: {
        a: { condition: 'service_started', required: true },
        b: { condition: 'service_healthy' },
      },
    },
  ],
  [
    'networks: [a]',
    'networks: {a: {aliases: [x]}, b: null}',
    { networks: { a: { aliases: ['x'] }, b: null } },
  ],
  ['build: ./x', 'build: {args: {A: 1}}', { build: { context: './x', args: { A: 1 } } }],
  ['build: {context: x, args: [A=1]}', 'build: y', { build: { context: 'y', args: ['A=1'] } }],
  ['build: {args: {A: 1}}', 'build: {args: {A: 2}}', { build: { args: ['A=2'] } }],
  [
    'logging: {driver: a, options: {x: 1}}',
    'logging: {options: {y: 2}}',
    { logging: { driver: 'a', options: { x: 1, y: 2 } } },
  ],
  ['logging: {driver: a, options: {x: 1}}', 'logging: {driver: b}', { logging: { driver: 'b' } }],
  [
    'extra_hosts: ["a:1", "b:1"]',
    'extra_hosts: ["a:1", "a:2"]',
    { extra_hosts: ['a:1', 'b:1', 'a:2'] },
  ],
  ['extra_hosts: {a: [1, 2]}', 'extra_hosts: {b: 1}', { extra_hosts: ['a=1', 'a=2', 'b=1'] }],
  [
    'ulimits: {nofile: {soft: 1, hard: 2}}',
    'ulimits: {nofile: {soft: 3}}',
    { ulimits: { nofile: { soft: 3 } } },
  ],
  ['volumes: ["aa:/x", "bb:/y"]', 'volumes: ["cc:/x:ro"]', { volumes: ['cc:/x:ro', 'bb:/y'] }],
  [
    'volumes: ["/x"]',
    'volumes: [{type: tmpfs, target: /x}]',
    { volumes: [{ type: 'tmpfs', target: '/x' }] },
  ],
  ['ports: ["80:80"]', 'ports: ["81:80", "80:80"]', { ports: ['80:80', '81:80'] }],
  [
    'ports: [{target: 80, published: "1"}]',
    'ports: [{target: 80, published: "1", protocol: tcp, mode: host}]',
    {
      ports: [{ target: 80, published: '1', protocol: 'tcp', mode: 'host' }],
    },
  ],
  ['expose: [80]', 'expose: ["80", "81"]', { expose: ['80', '81'] }],
  [
    'secrets: [a]',
    'secrets: [{source: b, target: /run/secrets/a}]',
    { secrets: [{ source: 'b', target: '/run/secrets/a' }] },
  ],
  ['configs: [a]', 'configs: [{source: a, mode: 1}]', { configs: [{ source: 'a', mode: 1 }] }],
  ['devices: ["/dev/a:/dev/x"]', 'devices: ["/dev/b:/dev/x:r"]', { devices: ['/dev/b:/dev/x:r'] }],
  ['security_opt: [a]', 'security_opt: [a]', { security_opt: ['a', 'a'] }],
  ['cap_add: [A]', 'cap_add: [A, B]', { cap_add: ['A', 'B'] }],
])('{%s} under {%s}', (base, override, expected) => {
  expect(mergeService(base, override)).toEqual(expected);
});

test.each([
  ['[{subnet: a}]', '[{subnet: b}]', [{ subnet: 'b' }]],
  [
    '[{subnet: a, gateway: g}]',
    '[{subnet: a, ip_range: r}]',
    [{ subnet: 'a', gateway: 'g', ip_range: 'r' }],
  ],
  ['[{subnet: a}, {subnet: b}]', '[{subnet: b, gateway: g}]', [{ subnet: 'b', gateway: 'g' }]],
  ['[]', '[{subnet: b}]', [{ subnet: 'b' }]],
])('address pools %s under %s', (base, override, expected) => {
  const one = tree(`networks: {n: {ipam: {config: ${base}}}}`);
  const two = tree(`networks: {n: {ipam: {config: ${override}}}}`);
  expect(plain(mergeTrees(one, two).node)).toEqual({
    networks: { n: { ipam: { config: expected } } },
  });
});

describe('a value that was overridden', () => {
  const base = tree('services:\n  s:\n    image: a\n    environment: {A: 1}\n', '/p/a.yaml');
  const middle = tree('services:\n  s:\n    image: b\n', '/p/b.yaml');
  const last = tree('services:\n  s:\n    image: c\n    environment: [A=2]\n', '/p/c.yaml');
  const merged = mergeTrees(mergeTrees(base, middle).node, last).node;

  const history = (node: Node | undefined): string[] =>
    [node, ...(node?.replaced ?? [])].map((one) => place(one?.span));

  it('remembers every place, newest first', () => {
    expect(history(nodeAt(merged, ['services', 's', 'image']))).toEqual([
      '/p/c.yaml:3:12',
      '/p/b.yaml:3:12',
      '/p/a.yaml:3:12',
    ]);
  });

  it('remembers variables that a list redefines', () => {
    const unique = enforceUnicity(merged).node;
    expect(history(nodeAt(unique, ['services', 's', 'environment', 0]))).toEqual([
      '/p/c.yaml:4:19',
      '/p/a.yaml:4:19',
    ]);
  });
});

describe('values of different kinds', () => {
  it('cannot override each other, and both places are named', () => {
    const base = tree('services: {s: {cap_add: [A]}}', '/p/a.yaml');
    const override = tree('services: {s: {cap_add: A}}', '/p/b.yaml');
    const { node, diagnostics } = mergeTrees(base, override);
    expect(plain(node)).toEqual(plain(base));
    expect(diagnostics).toMatchObject([{ message: 'cannot override services.s.cap_add' }]);
    expect(place(diagnostics[0]?.span)).toBe('/p/b.yaml:1:25');
    expect(place(diagnostics[0]?.notes?.[0]?.span)).toBe('/p/a.yaml:1:25');
  });

  it('are all reported, not only the first', () => {
    const base = tree('services: {s: {cap_add: [A], sysctls: {a: 1}, deploy: {mode: m}}}');
    const override = tree('services: {s: {cap_add: A, deploy: x}}');
    expect(mergeTrees(base, override).diagnostics.map(({ message }) => message)).toEqual([
      'cannot override services.s.cap_add',
      'cannot override services.s.deploy',
    ]);
  });
});

describe('sharing', () => {
  it('keeps subtrees that only one side has', () => {
    const base = tree('services: {a: {image: a}, s: {image: s}}');
    const override = tree('services: {b: {image: b}, s: {image: t}}');
    const { node } = mergeTrees(base, override);
    expect(nodeAt(node, ['services', 'a'])).toBe(nodeAt(base, ['services', 'a']));
    expect(nodeAt(node, ['services', 'b'])).toBe(nodeAt(override, ['services', 'b']));
  });

  it('returns a tree without repeated entries unchanged', () => {
    const one = tree('services: {a: {ports: [80, 81], environment: [A=1, B=2]}}');
    expect(enforceUnicity(one).node).toBe(one);
  });
});

it('merges a service by itself with the rules of its place', () => {
  const [base, override] = ['environment: {A: 1}', 'environment: {B: 2}'].map((text) => tree(text));
  if (base === undefined || override === undefined) throw new Error('unreachable');
  const { node } = mergeAt(base, override, ['services', 's']);
  expect(node.kind === 'map' && plain(node)).toEqual({ environment: ['A=1', 'B=2'] });
});

test.each([
  ['cap_add: [1]', 'services.s.cap_add.[0]: unexpected type int, want a string'],
  ['volumes: [{type: bind}]', 'service volume services.s.volumes.[0] is missing a mount target'],
  ['volumes: [""]', 'invalid empty volume spec'],
  ['ports: [{published: 1}]', 'service ports services.s.ports.[0] is missing a target port'],
  ['env_file: [{required: true}]', 'environment path attribute services.s.env_file.[0] is missing'],
])('an entry that cannot be told apart is a fault: %s', (service, message) => {
  const { diagnostics } = enforceUnicity(tree(`services: {s: {${service}}}`));
  expect(diagnostics.map((fault) => fault.message)).toEqual([message]);
});
