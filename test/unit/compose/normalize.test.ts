import { describe, expect, it } from 'vitest';

import { nodeAt, toPlain } from '../../../src/compose/node.ts';
import { normalizeTree } from '../../../src/compose/normalize.ts';
import { placed, tree } from './tree.ts';

const options = { projectName: 'demo', environment: { SET: 'value', EMPTY: '' } };

function normal(text: string): unknown {
  return toPlain(normalizeTree(tree(text), options));
}

/** A service on no network, so that only the part under test shows. */
function service(text: string): unknown {
  return normal(`services: {a: {network_mode: none, ${text}}}`);
}

function expected(text: string): unknown {
  return toPlain(tree(`services: {a: {network_mode: none, ${text}}}`));
}

describe('networks', () => {
  it('connect services without any to the default one, which then exists', () => {
    expect(normal('services: {a: {image: x}, b: {image: x, networks: {}}}')).toEqual({
      services: {
        a: { image: 'x', networks: { default: null } },
        b: { image: 'x', networks: { default: null } },
      },
      networks: { default: { name: 'demo_default' } },
    });
  });

  it.each(['network_mode: host', 'networks: {n: null}', 'provider: {type: x}'])(
    'leave a service with %s alone',
    (text) => {
      expect(nodeAt(normalizeTree(tree(`services: {a: {${text}}}`), options), ['networks'])).toBe(
        undefined,
      );
    },
  );

  it('keep what is declared for the default network', () => {
    expect(normal('services: {a: {}}\nnetworks: {default: {name: mine}, n: null}')).toEqual({
      services: { a: { networks: { default: null } } },
      networks: { default: { name: 'mine' }, n: { name: 'demo_n' } },
    });
  });
});

describe('resources', () => {
  it('are named after the project, external ones after their key', () => {
    expect(
      normal('volumes: {v: null, w: {name: x}, e: {external: true}}\nconfigs: {c: {file: f}}'),
    ).toEqual({
      volumes: { v: { name: 'demo_v' }, w: { name: 'x' }, e: { external: true, name: 'e' } },
      configs: { c: { file: 'f', name: 'demo_c' } },
    });
  });
});

describe('a service', () => {
  it.each([
    ['pull_policy: if_not_present', 'pull_policy: missing'],
    ['build: {}', 'build: {context: ., dockerfile: Dockerfile}'],
    [
      'build: {context: x, dockerfile_inline: FROM y}',
      'build: {context: x, dockerfile_inline: FROM y}',
    ],
    [
      'build: {context: x, dockerfile: D, args: {SET: null, EMPTY: null, UNSET: null, A: 1}}',
      'build: {context: x, dockerfile: D, args: {SET: value, EMPTY: "", A: 1}}',
    ],
    [
      'build: {context: x, dockerfile: D, args: [SET, UNSET, A=1]}',
      'build: {context: x, dockerfile: D, args: [SET=value, A=1]}',
    ],
    ['environment: {SET: , UNSET: , A: b}', 'environment: {SET: value, UNSET: , A: b}'],
    ['environment: [SET, UNSET, A=b]', 'environment: [SET=value, UNSET, A=b]'],
    ['volumes: [{type: volume, target: /a/../b/}]', 'volumes: [{type: volume, target: /b}]'],
    [
      'image: i, pre_start: [{command: [x]}, {image: j}]',
      'image: i, pre_start: [{command: [x], image: i}, {image: j}]',
    ],
    ['pre_start: [{command: [x]}]', 'pre_start: [{command: [x]}]'],
  ])('%s becomes %s', (text, made) => {
    expect(service(text)).toEqual(expected(made));
  });

  const restarts = { condition: 'service_started', restart: true, required: true };

  it.each([
    ['links: [b, "c:alias", "d:e:f"]', { b: restarts, c: restarts, 'd:e:f': restarts }],
    ['ipc: service:b, pid: service:c', { b: restarts, c: restarts }],
    ['uts: service:b, cgroup: service:c', { b: restarts, c: restarts }],
    [
      'volumes_from: [b, "c:ro", "container:d"]',
      { b: { ...restarts, restart: false }, c: { ...restarts, restart: false } },
    ],
    [
      'links: [b], depends_on: {b: {condition: service_healthy, required: true}}',
      { b: { condition: 'service_healthy', required: true } },
    ],
  ])('with %s depends on what it uses', (text, dependencies) => {
    const normalized = normalizeTree(tree(`services: {a: {${text}}}`), options);
    const made = nodeAt(normalized, ['services', 'a', 'depends_on']);
    expect(made && toPlain(made)).toEqual(dependencies);
  });

  it('has no dependencies when it uses nothing', () => {
    expect(service('image: x')).toEqual(expected('image: x'));
  });
});

it('places what it adds where it comes from', () => {
  const normalized = normalizeTree(tree('services:\n  a:\n    links:\n      - b\n'), options);
  expect(placed(nodeAt(normalized, ['services', 'a', 'depends_on', 'b'])?.span)).toBe('4: b');
  expect(placed(nodeAt(normalized, ['networks', 'default'])?.span)).toBe('2: a');
});
