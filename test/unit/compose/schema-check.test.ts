import { describe, expect, it, test } from 'vitest';

import { checkSchema } from '../../../src/compose/schema-check.ts';
import { place, tree } from './tree.ts';

function messages(text: string): string[] {
  return checkSchema(tree(text)).map(({ message }) => message);
}

test.each([
  ['imagee: x', "services.a additional properties 'imagee' not allowed"],
  ['environment: {A: [1]}', 'services.a.environment.A must be a boolean, null, number or string'],
  ['environment: null', 'services.a.environment must be a mapping or list'],
  ['command: [run, 1]', 'services.a.command.1 must be a string'],
  ['depends_on: {b: {}}', "services.a.depends_on.b missing property 'condition'"],
  [
    'volumes: [{type: bnd}]',
    "services.a.volumes.0.type value must be one of 'bind', 'volume', 'tmpfs', 'cluster', 'npipe', 'image'",
  ],
  [
    'container_name: -x',
    "services.a.container_name '-x' does not match pattern '[a-zA-Z0-9][a-zA-Z0-9_.-]+'",
  ],
  ['gpus: some', "services.a.gpus 'some' does not match pattern '^all$'"],
  ['security_opt: [a, b, a]', 'services.a.security_opt items at 0 and 2 are equal'],
  ['ports: [{target: 1}, {target: 1.0}]', 'services.a.ports items at 0 and 1 are equal'],
  ['cpu_percent: 101', 'services.a.cpu_percent must be less than or equal to 100'],
  ['oom_score_adj: -1001', 'services.a.oom_score_adj must be greater than or equal to -1000'],
  ['use_api_socket: "yes"', 'services.a.use_api_socket must be a boolean'],
  ['stop_grace_period: 10', 'services.a.stop_grace_period must be a string'],
  ['ports: 80', 'services.a.ports must be a list'],
  ['models: {m: {model_var: 1}}', 'services.a.models.m.model_var must be a string'],
])('refuses %s', (service, message) => {
  expect(messages(`services: {a: {${service}}}`)).toEqual([message]);
});

test.each([
  'services: {a: {image: x, x-note: [1, {b: null}]}}',
  'services: {}\nx-anything: 1',
  'services: {a: {command: null, pid: null, deploy: null, develop: null}}',
  'services: {a: {environment: {A: 1, B: null, C: true, D: x, E: 2024-01-01}}}',
  'services: {a: {ulimits: {NOT_LOWER: [anything]}}}',
  'services: {a: {labels: {constructor: a, __proto__: b}}}',
  'services: {a: {expose: [80, "80"], shm_size: 1.5, group_add: [1, a]}}',
  'services: {a: {mem_limit: 99999999999999999999}}',
  'networks: {n: null, "any name": 5}\nvolumes: {v: null}',
  'networks: {n: {external: {name: x}}}',
])('accepts %s', (text) => {
  expect(messages(text)).toEqual([]);
});

describe('a check', () => {
  const text = [
    'services:',
    '  web:',
    '    imagee: x',
    '    ports: ["80", "80"]',
    '    deploy: {update_config: {order: start-frist}}',
    '  "my app": {image: x}',
    'nmae: demo',
  ].join('\n');

  it('finds all faults, in the order of the text, where they were written', () => {
    const found = checkSchema(tree(text));
    expect(found.map(({ span, path, code }) => [place(span), path, code])).toEqual([
      ['/p/compose.yaml:3:5', 'services.web.imagee', 'schema/unknown-key'],
      ['/p/compose.yaml:4:19', 'services.web.ports[1]', 'schema/repeated-item'],
      ['/p/compose.yaml:5:37', 'services.web.deploy.update_config.order', 'schema/not-allowed'],
      ['/p/compose.yaml:6:3', 'services."my app"', 'schema/unknown-key'],
      ['/p/compose.yaml:7:1', 'nmae', 'schema/unknown-key'],
    ]);
  });

  it('says what may have been meant', () => {
    expect(checkSchema(tree(text)).map(({ hint }) => hint)).toEqual([
      "did you mean 'image'?",
      undefined,
      "did you mean 'start-first'?",
      "a name may have letters, digits, '.', '_' and '-'",
      "did you mean 'name'?",
    ]);
    const [number] = checkSchema(tree('services: {a: {command: [-p, 0x1F]}}'));
    expect(number?.hint).toBe('put it in quotes: "0x1F"');
    const [own] = checkSchema(tree('services: {a: {image: x, zzzzzzzz: 1}}'));
    expect(own?.hint).toBe("keys of your own start with 'x-'");
  });

  it('refuses numbers without a finite value even in extensions', () => {
    expect(checkSchema(tree('x-a: [.inf]')).map(({ code }) => code)).toEqual(['schema/not-finite']);
  });

  it('tells keys that look like indexes and paths apart', () => {
    const [fault] = checkSchema(tree('services: {"0": {environment: {a/b~c: []}}}'));
    expect(fault?.path).toBe('services.0.environment."a/b~c"');
    expect(place(fault?.span)).toBe('/p/compose.yaml:1:39');
  });
});
