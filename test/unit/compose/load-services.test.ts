import { expect, it } from 'vitest';

import { loadProject } from '../../../src/compose/load.ts';
import type { LoadRequest } from '../../../src/compose/load.ts';
import type { Project } from '../../../src/compose/model.ts';
import { memoryFiles } from './memory-files.ts';

const files = memoryFiles({
  '/p/compose.yaml': [
    'services:',
    '  a: {image: i, scale: 2, deploy: {}, label_file: l, depends_on: [b]}',
    '  b: {image: i, env_file: e}',
    '  c: {image: i, env_file: missing, networks: [n]}',
    'networks: {n: }',
  ].join('\n'),
  '/p/l': 'from=file',
  '/p/e': 'E=1',
});

function load(request: LoadRequest): Project | string {
  const options = {
    composeFiles: ['/p/compose.yaml'],
    workingDir: '/p',
    environment: {},
    envFiles: [],
    profiles: [],
    exports: {},
    readEnvFiles: [],
    projectName: 'demo',
    warnings: [],
  };
  const result = loadProject(options, request, files);
  return result.ok ? result.value.project : result.error.map(({ message }) => message).join('; ');
}

it('writes the scale of a service into its replicas', () => {
  expect(load({ envFiles: 'none' })).toMatchObject({
    services: { a: { deploy: { replicas: 2 } } },
  });
  expect(load({ envFiles: 'none', skipConsistency: true })).not.toMatchObject({
    services: { a: { deploy: { replicas: 2 } } },
  });
});

it('keeps the files of labels beside the labels, unless they are to be forgotten', () => {
  expect(load({ envFiles: 'none' })).toMatchObject({
    services: { a: { label_file: ['/p/l'], labels: { from: 'file' } } },
  });
  expect(load({ envFiles: 'none', discardLabelFiles: true })).not.toHaveProperty(
    'services.a.label_file',
  );
});

it('reads env files of the services that were asked for and what they depend on', () => {
  expect(load({ services: ['a'] })).toMatchObject({
    services: { b: { environment: { E: '1' } } },
    disabledServices: { c: { env_file: [{ path: '/p/missing' }] } },
    networks: { default: {} },
  });
  expect(load({ services: ['a'], envFiles: 'all' })).toBe(
    'env file /p/missing not found: stat /p/missing: no such file or directory',
  );
});

it('drops networks that are used only by services that are left out, unless all are wanted', () => {
  expect(load({ services: ['a'] })).not.toHaveProperty('networks.n');
  expect(load({ services: ['a'], allResources: true })).toHaveProperty('networks.n');
});
