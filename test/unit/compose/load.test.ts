import { describe, expect, it } from 'vitest';

import { loadProject } from '../../../src/compose/load.ts';
import type { LoadRequest } from '../../../src/compose/load.ts';
import type { Project } from '../../../src/compose/model.ts';
import { memoryFiles } from './memory-files.ts';
import { place } from './tree.ts';

function load(
  files: Readonly<Record<string, string>>,
  request: LoadRequest = {},
  profiles: readonly string[] = [],
): ReturnType<typeof loadProject> {
  const options = {
    composeFiles: ['/p/compose.yaml'],
    workingDir: '/p',
    environment: { V: 'outside' },
    envFiles: [],
    readEnvFiles: [],
    profiles,
    exports: {},
    warnings: [],
  };
  return loadProject(options, request, memoryFiles(files));
}

function project(...scene: Parameters<typeof load>): Project {
  const result = load(...scene);
  if (!result.ok) throw new Error(result.error.map(({ message }) => message).join('\n'));
  return result.value.project;
}

function messages(...scene: Parameters<typeof load>): string[] {
  const result = load(...scene);
  return result.ok ? [] : result.error.map(({ message }) => message);
}

const envFiles = {
  '/p/compose.yaml': `
services:
  a: {image: i, env_file: a.env, environment: {A: own, V: null}, depends_on: [b]}
  b: {image: i}
  c: {image: i, env_file: missing.env}
  d: {image: i, env_file: a.env, profiles: [debug]}
`,
  '/p/a.env': 'A=file\nB=$V-$A',
};

describe('env files', () => {
  it('are read for the services that were asked for only', () => {
    const { services } = project(envFiles, { services: ['a'] });
    expect(Object.keys(services)).toEqual(['a', 'b']);
    expect(services['a']?.environment).toEqual({ A: 'own', B: 'outside-own', V: 'outside' });
  });

  it('must exist for every active service when all are wanted', () => {
    const message =
      'env file /p/missing.env not found: stat /p/missing.env: no such file or directory';
    expect(messages(envFiles, { services: ['a'], envFiles: 'all' })).toEqual([message]);
    expect(messages(envFiles)).toEqual([message]);
  });

  it('are read for a service that is active because it was asked for', () => {
    const files = { ...envFiles, '/p/missing.env': '' };
    const { services } = project(files, { services: ['d'], envFiles: 'all' });
    expect(services['d']?.environment).toEqual({ A: 'file', B: 'outside-file' });
  });

  it('may be left alone', () => {
    const { services } = project(envFiles, { envFiles: 'none' });
    expect(services['a']?.env_file).toEqual([{ path: '/p/a.env', required: true }]);
    expect(services['a']?.environment).toEqual({ A: 'own', V: 'outside' });
  });

  it('are found in the project when paths are not resolved', () => {
    const { services } = project(envFiles, { services: ['a'], skipPathResolution: true });
    expect(services['a']?.environment).toMatchObject({ B: 'outside-own' });
  });
});

describe('services', () => {
  const text = `
services:
  a: {image: i, volumes: ["data:/v"]}
  b: {image: i, profiles: [p], networks: [n]}
  c: {image: i, profiles: [q]}
volumes: {data: {}, unused: {}}
networks: {n: {}}
`;

  it.each([
    [{}, [], ['a'], [['data'], ['default']]],
    [{}, ['p'], ['a', 'b'], [['data'], ['default', 'n']]],
    [{ services: ['b'] }, [], ['b'], [[], ['n']]],
    [
      { allResources: true },
      ['*'],
      ['a', 'b', 'c'],
      [
        ['data', 'unused'],
        ['default', 'n'],
      ],
    ],
  ] as const)(
    'with %j and profiles %j are %j',
    (request, profiles, services, [volumes, networks]) => {
      const loaded = project({ '/p/compose.yaml': text }, request, profiles);
      expect(Object.keys(loaded.services)).toEqual(services);
      expect(Object.keys(loaded.volumes)).toEqual(volumes);
      expect(Object.keys(loaded.networks).sort()).toEqual(networks);
    },
  );

  it('that do not exist are named', () => {
    expect(messages({ '/p/compose.yaml': text }, { services: ['x'] })).toEqual([
      'no such service: x',
    ]);
  });
});

describe('consistency', () => {
  it('counts for services that were not asked for, every fault with its place', () => {
    const files = {
      '/p/compose.yaml': 'services:\n  a: {image: i}\n  b: {networks: [x], depends_on: [y]}\n',
    };
    const result = load(files, { services: ['a'] });
    const faults = result.ok ? [] : result.error;
    expect(faults.map(({ message, span }) => [message, place(span)])).toEqual([
      [
        'service "b" has neither an image nor a build context specified: invalid compose project',
        '/p/compose.yaml:3:3',
      ],
      ['service "b" refers to undefined network x: invalid compose project', expect.any(String)],
      ['service "b" depends on undefined service "y": invalid compose project', expect.any(String)],
    ]);
    expect(messages(files, { services: ['a'], skipConsistency: true })).toEqual([]);
  });

  it('of container names counts where containers are made', () => {
    const files = {
      '/p/compose.yaml':
        'services:\n  a: {image: i, container_name: cc}\n  b: {image: i, container_name: cc}\n',
    };
    expect(messages(files)).toEqual([]);
    expect(messages(files, { uniqueContainerNames: true })).toEqual([
      'services.b: container name "cc" is already in use by service a',
    ]);
    expect(messages(files, { uniqueContainerNames: true, services: ['b'] })).toEqual([]);
  });
});

it('reports every value that cannot be decoded', () => {
  const text =
    'services: {a: {image: i, stop_grace_period: 1x}, b: {image: i, healthcheck: {interval: 2y}}}';
  expect(messages({ '/p/compose.yaml': text })).toHaveLength(2);
});
