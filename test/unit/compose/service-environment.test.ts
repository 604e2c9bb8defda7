import { describe, expect, it } from 'vitest';

import type { FileAccess } from '../../../src/compose/files.ts';
import type { Service } from '../../../src/compose/model.ts';
import {
  resolveServiceEnvironment,
  resolveServiceLabels,
} from '../../../src/compose/service-environment.ts';
import { projectOf } from './project.ts';

function accessTo(files: Readonly<Record<string, string>>): FileAccess {
  return {
    home: '/home/me',
    realPath: (path) => path,
    kind: (path) => (path in files ? 'file' : 'missing'),
    read: (path) => ({ ok: true, bytes: new TextEncoder().encode(files[path]) }),
  };
}

const environment = { FROM_PROJECT: 'project', SHARED: 'project' };

function resolved(
  service: Partial<Service>,
  files: Readonly<Record<string, string>> = {},
): Service['environment'] {
  const project = projectOf({ a: service }, { environment });
  const { project: made, diagnostics } = resolveServiceEnvironment(project, accessTo(files));
  expect(diagnostics).toEqual([]);
  return made.services['a']?.environment;
}

function required(...paths: readonly string[]): Pick<Service, 'env_file'> {
  return { env_file: paths.map((path) => ({ path, required: true })) };
}

describe('the environment of a service', () => {
  it('takes variables without a value from the project, or leaves them to the engine to unset', () => {
    expect(resolved({ environment: { FROM_PROJECT: null, NOWHERE: null, A: 'b' } })).toEqual({
      FROM_PROJECT: 'project',
      NOWHERE: null,
      A: 'b',
    });
  });

  it('has what its files set, later files over earlier ones, its own over all', () => {
    expect(
      resolved(
        { ...required('/1', '/2'), environment: { C: 'own', D: null } },
        { '/1': 'A=1\nB=1\nC=1\nD=1', '/2': 'B=2' },
      ),
    ).toEqual({ A: '1', B: '2', C: 'own', D: null });
  });

  it('expands from the project, then from its own, then from earlier files', () => {
    expect(
      resolved(
        { ...required('/1', '/2'), environment: { SHARED: 'own', OWN: 'own' } },
        { '/1': 'FIRST=1', '/2': 'A=$SHARED\nB=$OWN\nC=$FIRST\nOWN=file\nD=$OWN' },
      ),
    ).toEqual({
      SHARED: 'own',
      OWN: 'own',
      FIRST: '1',
      A: 'project',
      B: 'own',
      C: '1',
      D: 'own',
    });
  });

  it('takes files of the raw format as they are', () => {
    const env_file = [{ path: '/r', required: true, format: 'raw' }];
    expect(resolved({ env_file }, { '/r': 'A="$B"\nFROM_PROJECT\nNOWHERE' })).toEqual({
      A: '"$B"',
      FROM_PROJECT: 'project',
    });
  });

  it('may lack files that are not required', () => {
    expect(resolved({ env_file: [{ path: '/none', required: false }] })).toBe(undefined);
  });

  it('is left alone where there is nothing to resolve', () => {
    expect(resolved({})).toBe(undefined);
  });
});

describe('env files', () => {
  const span = { file: { path: '/p/compose.yaml', text: '' }, start: 3, end: 5 };

  it('that are missing are a fault at the entry that names them', () => {
    const { diagnostics } = resolveServiceEnvironment(
      projectOf({ a: required('/x') }),
      accessTo({}),
      {
        spanOf: (path) => (path.join('.') === 'services.a.env_file.0' ? span : undefined),
      },
    );
    expect(diagnostics).toEqual([
      {
        severity: 'error',
        code: 'env-file/not-found',
        message: 'env file /x not found: stat /x: no such file or directory',
        path: 'services.a.env_file[0]',
        span,
        hint: 'create the file, or write `required: false` if it may be missing',
      },
    ]);
  });

  it('that cannot be read or have an unknown format are faults', () => {
    const files: FileAccess = {
      ...accessTo({ '/d': '' }),
      read: () => ({ ok: false, error: 'is-directory', detail: 'is a directory' }),
    };
    const unreadable = resolveServiceEnvironment(projectOf({ a: required('/d') }), files);
    expect(unreadable.diagnostics).toMatchObject([
      { message: 'failed to read /d: is a directory' },
    ]);
    const env_file = [{ path: '/f', required: true, format: 'toml' }];
    const unknown = resolveServiceEnvironment(
      projectOf({ a: { env_file } }),
      accessTo({ '/f': '' }),
      {
        spanOf: () => span,
      },
    );
    expect(unknown.diagnostics).toMatchObject([
      { message: 'unsupported env_file format "toml"', span },
    ]);
  });

  it('with faults inside report them there', () => {
    const { diagnostics } = resolveServiceEnvironment(
      projectOf({ a: required('/bad') }),
      accessTo({ '/bad': 'A=1\nB C=2' }),
      { spanOf: () => span },
    );
    expect(diagnostics.map(({ message, span: at }) => [message, at?.file.path])).toEqual([
      ['line 2: key cannot contain a space', '/bad'],
    ]);
  });

  it('are forgotten by the model unless they are to be kept', () => {
    const project = projectOf({ a: required('/f') });
    const files = accessTo({ '/f': 'A=1' });
    expect(resolveServiceEnvironment(project, files).project.services['a']?.env_file).toBe(
      undefined,
    );
    expect(
      resolveServiceEnvironment(project, files, { keepFiles: true }).project.services['a'],
    ).toMatchObject({ env_file: [{ path: '/f' }], environment: { A: '1' } });
  });
});

describe('label files', () => {
  it('give labels, later files over earlier ones, the own labels over all', () => {
    const { project, diagnostics } = resolveServiceLabels(
      projectOf({
        a: { label_file: ['/1', '/2'], labels: { c: 'own' } },
        b: { labels: { x: 'y' } },
      }),
      accessTo({ '/1': 'a=1\nb=1\nc=1', '/2': 'b=$a-2' }),
    );
    expect(diagnostics).toEqual([]);
    expect(project.services['a']?.labels).toEqual({ a: '1', b: '1-2', c: 'own' });
    expect(project.services['a']?.label_file).toBe(undefined);
    expect(project.services['b']?.labels).toEqual({ x: 'y' });
  });

  it('must exist', () => {
    const { diagnostics } = resolveServiceLabels(
      projectOf({ a: { label_file: ['/none'] } }),
      accessTo({}),
    );
    expect(diagnostics.map(({ message }) => message)).toEqual([
      'label file /none not found: stat /none: no such file or directory',
    ]);
  });
});
