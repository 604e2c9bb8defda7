import { expect, it } from 'vitest';

import { omitEmpty, setDefaults } from '../../../src/compose/defaults.ts';
import { toPlain } from '../../../src/compose/node.ts';
import { tree } from './tree.ts';

it.each([
  ['{build: {target: x}}', '{build: {target: x, context: .}}'],
  ['{secrets: [{source: s}]}', '{secrets: [{source: s, target: /run/secrets/s}]}'],
  ['{secrets: [{source: s, target: t}]}', '{secrets: [{source: s, target: t}]}'],
  ['{configs: [{source: s}]}', '{configs: [{source: s}]}'],
  ['{ports: [{target: 80}]}', '{ports: [{target: 80, protocol: tcp, mode: ingress}]}'],
  ['{ports: [{protocol: udp, mode: host}]}', '{ports: [{protocol: udp, mode: host}]}'],
  [
    '{gpus: [{driver: x}, {device_ids: [a]}, {count: 2}]}',
    '{gpus: [{driver: x, count: all}, {device_ids: [a]}, {count: 2}]}',
  ],
  [
    '{deploy: {resources: {reservations: {devices: [{capabilities: [gpu]}]}}}}',
    '{deploy: {resources: {reservations: {devices: [{capabilities: [gpu], count: all}]}}}}',
  ],
  [
    '{volumes: [{type: bind, bind: {}}, {type: bind}, {type: bind, bind: {create_host_path: false}}]}',
    '{volumes: [{type: bind, bind: {create_host_path: true}}, {type: bind}, {type: bind, bind: {create_host_path: false}}]}',
  ],
])('%s becomes %s', (service, filled) => {
  expect(toPlain(setDefaults(tree(`services: {a: ${service}}`)))).toEqual(
    toPlain(tree(`services: {a: ${filled}}`)),
  );
});

it('drops empty DNS servers, which variables that are not set leave behind', () => {
  expect(toPlain(omitEmpty(tree('services: {a: {dns: ["", 1.1.1.1, null]}}')))).toEqual({
    services: { a: { dns: ['1.1.1.1'] } },
  });
});
