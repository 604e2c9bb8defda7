import { expect, it } from 'vitest';

import { validateTree } from '../../../src/compose/validate.ts';
import { placed, tree } from './tree.ts';

it.each([
  [
    'volumes: {a: {external: true, driver: x}}',
    'volumes.a: conflicting parameters "external" and "driver" specified',
    'x',
  ],
  [
    'secrets: {s: {file: f, environment: E}}',
    'secrets.s: file|environment attributes are mutually exclusive',
    'E',
  ],
  ['secrets: {s: {name: n}}', 'secrets.s: one of file|environment must be set', '{name: n}'],
  [
    'configs: {c: {file: f, content: x}}',
    'configs.c: file|environment|content attributes are mutually exclusive',
    'x',
  ],
  [
    'services: {a: {ports: [{host_ip: 1.2.3}]}}',
    'services.a.ports[0]: invalid ip address: 1.2.3',
    '1.2.3',
  ],
  [
    'services: {a: {develop: {watch: [{path: ""}]}}}',
    "services.a.develop.watch[0].path: value can't be blank",
    '""',
  ],
  [
    'services: {a: {gpus: [{count: 1, device_ids: [x]}]}}',
    'services.a.gpus[0]: "count" and "device_ids" attributes are exclusive',
    '[x]',
  ],
  [
    'services: {a: {volumes: [{type: bind, target: /x}]}}',
    'invalid mount config for type "bind": field Source must not be empty',
    'bind',
  ],
])('%s: %s', (text, message, place) => {
  expect(validateTree(tree(text)).map((f) => [f.message, placed(f.span)])).toEqual([
    [message, `1: ${place}`],
  ]);
});

it.each([
  'volumes: {a: {external: true, name: n, x-y: 1}, b: null, c: {external: false, driver: d}}',
  'secrets: {s: {external: true}, t: {driver: d}, u: {file: f}}',
  'services: {a: {ports: [{host_ip: "::1"}, {target: 80}]}}',
])('%s is fine', (text) => {
  expect(validateTree(tree(text))).toEqual([]);
});

it('reports every fault', () => {
  expect(validateTree(tree('secrets: {s: {}, t: {}}\nconfigs: {c: {}}'))).toHaveLength(3);
});
