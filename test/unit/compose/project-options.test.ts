import { describe, expect, test } from 'vitest';

import type { FileAccess } from '../../../src/compose/files.ts';
import { defaultProjectName, normalizeProjectName } from '../../../src/compose/project-name.ts';
import { dotenvExports, resolveProjectOptions } from '../../../src/compose/project-options.ts';
import type { ProjectFlags, ProjectOptions } from '../../../src/compose/project-options.ts';

type Tree = Readonly<Record<string, string | null>>;

/** Files by absolute path; null is a directory. */
function inMemory(tree: Tree): FileAccess {
  return {
    home: '/home/u',
    read(path) {
      const text = tree[path];
      if (typeof text === 'string') return { ok: true, bytes: new TextEncoder().encode(text) };
      return { ok: false, error: 'not-found', detail: `open ${path}: no such file or directory` };
    },
    kind(path) {
      if (tree[path] === undefined) return 'missing';
      return tree[path] === null ? 'directory' : 'file';
    },
    realPath: (path) => path.replace('/link', '/real'),
  };
}

interface Case {
  readonly tree?: Tree;
  readonly flags?: ProjectFlags;
  readonly environment?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

function resolve({ tree = {}, flags = {}, environment = {}, cwd = '/p' }: Case): ProjectOptions {
  const result = resolveProjectOptions(flags, { environment, cwd, files: inMemory(tree) });
  if (!result.ok) throw new Error(result.error.map(({ message }) => message).join('\n'));
  return result.value;
}

function faults({ tree = {}, flags = {}, environment = {}, cwd = '/p' }: Case): string[] {
  const result = resolveProjectOptions(flags, { environment, cwd, files: inMemory(tree) });
  return result.ok ? [] : result.error.map(({ message }) => message);
}

describe('which files', () => {
  test('the first known name of the nearest directory upward, with its override', () => {
    const tree = {
      '/a/compose.yml': '',
      '/a/docker-compose.override.yml': '',
      '/compose.yaml': '',
    };
    const options = resolve({ tree, cwd: '/a/b/c' });
    expect(options.composeFiles).toEqual(['/a/compose.yml', '/a/docker-compose.override.yml']);
    expect(options.workingDir).toBe('/a');
    expect(options.warnings).toEqual([]);
  });

  test('several candidates give a warning and the preferred one', () => {
    const tree = { '/p/docker-compose.yml': '', '/p/compose.yaml': '' };
    const { composeFiles, warnings } = resolve({ tree });
    expect(composeFiles).toEqual(['/p/compose.yaml']);
    expect(warnings.map(({ message }) => message)).toEqual([
      'Found multiple config files with supported names: /p/compose.yaml, /p/docker-compose.yml',
      'Using /p/compose.yaml',
    ]);
  });

  test('-f is taken as given, without override files', () => {
    const tree = { '/p/compose.yaml': '', '/p/compose.override.yaml': '' };
    const flags = { files: ['-', 'sub/x.yaml', '/abs/y.yaml'] };
    const options = resolve({ tree, flags, environment: { COMPOSE_FILE: 'ignored' } });
    expect(options.composeFiles).toEqual(['-', '/p/sub/x.yaml', '/abs/y.yaml']);
    expect(options.workingDir).toBe('/p/sub');
  });

  test('COMPOSE_FILE lists files, also from .env and with a separator of its own', () => {
    const tree = { '/p/a.yaml': '', '/p/b.yaml': '', '/p/.env': 'COMPOSE_FILE=a.yaml;b.yaml' };
    const options = resolve({ tree, environment: { COMPOSE_PATH_SEPARATOR: ';' } });
    expect(options.composeFiles).toEqual(['/p/a.yaml', '/p/b.yaml']);
  });

  test('a file of COMPOSE_FILE that is missing is a fault', () => {
    expect(faults({ environment: { COMPOSE_FILE: 'a.yaml' } })).toEqual([
      'stat /p/a.yaml: no such file or directory',
    ]);
  });

  test('no file is a fault unless the command can do without', () => {
    expect(faults({})).toEqual(['no configuration file provided: not found']);
    expect(resolve({ flags: { filesOptional: true } }).composeFiles).toEqual([]);
  });

  test('a remote reference stands for its copy; .env and name are those of the directory', () => {
    const flags = { files: ['oci://registry.example/app:1'] };
    const tree = { '/p/.env': 'COMPOSE_ANSI=never\nA=1', '/cache/.env': 'A=2' };
    const path = '/cache/compose.yaml';
    const files: FileAccess = {
      ...inMemory(tree),
      remote: () => ({ ok: true, path, root: '/cache' }),
    };
    const options = resolveProjectOptions(flags, { environment: {}, cwd: '/p', files });
    expect(options).toMatchObject({
      ok: true,
      value: {
        composeFiles: [path],
        workingDir: '/cache',
        nameDirectory: '/p',
        environment: { A: '1' },
        exports: {},
      },
    });
  });

  test('a remote reference that nobody can fetch is a fault', () => {
    expect(faults({ flags: { files: ['oci://registry.example/app:1'] } })).toEqual([
      'remote resource oci://registry.example/app:1 cannot be loaded',
    ]);
  });
});

describe('the environment', () => {
  test('the process wins over env files, and PWD is there', () => {
    const tree = { '/p/compose.yaml': '', '/p/.env': 'A=file\nB=$A' };
    const { environment } = resolve({ tree, environment: { A: 'process' } });
    expect(environment).toEqual({ A: 'process', B: 'process', PWD: '/p' });
  });

  test('the .env beside the file that the first .env names adds what is missing', () => {
    const tree = {
      '/p/.env': 'COMPOSE_FILE=sub/c.yaml\nA=first',
      '/p/sub/c.yaml': '',
      '/p/sub/.env': 'A=second\nB=second',
    };
    const options = resolve({ tree });
    expect(options.environment).toMatchObject({ A: 'first', B: 'second' });
    expect(options.workingDir).toBe('/p/sub');
    expect(options.envFiles).toEqual([]);
  });

  test('--env-file replaces .env; later files override and see earlier ones', () => {
    const tree = {
      '/p/compose.yaml': '',
      '/p/.env': 'C=no',
      '/p/a': 'A=1',
      '/home/u/b': 'B=${A}2\nA=2',
    };
    const options = resolve({ tree, flags: { envFiles: ['a', '~/b'] } });
    expect(options.environment).toEqual({ A: '2', B: '12', PWD: '/p' });
    expect(options.envFiles).toEqual(['/p/a', '/home/u/b']);
  });

  test('COMPOSE_ENV_FILES names env files where no flag does', () => {
    const tree = { '/p/compose.yaml': '', '/p/a': 'A=1', '/p/b': 'B=2' };
    const { environment } = resolve({
      tree,
      environment: { COMPOSE_ENV_FILES: 'a,,b', PWD: '/x' },
    });
    expect(environment).toMatchObject({ A: '1', B: '2', PWD: '/x' });
  });

  test.each([
    ['missing', {}, "couldn't find env file: /p/a"],
    ['a directory', { '/p/a': null }, '/p/a is a directory'],
  ])('an env file that is %s is a fault', (_, tree, message) => {
    expect(
      faults({ tree: { ...tree, '/p/compose.yaml': '' }, flags: { envFiles: ['a'] } }),
    ).toEqual([message]);
  });

  test('a directory named .env is no env file', () => {
    expect(resolve({ tree: { '/p/compose.yaml': '', '/p/.env': null } }).environment).toEqual({
      PWD: '/p',
    });
  });

  test('COMPOSE_DISABLE_ENV_FILE switches .env off and must be a boolean', () => {
    const tree = { '/p/compose.yaml': '', '/p/.env': 'A=1' };
    const { environment } = resolve({ tree, environment: { COMPOSE_DISABLE_ENV_FILE: '1' } });
    expect(environment['A']).toBeUndefined();
    expect(faults({ tree, environment: { COMPOSE_DISABLE_ENV_FILE: 'maybe' } })).toEqual([
      'strconv.ParseBool: parsing "maybe": invalid syntax',
    ]);
  });

  test('warnings of .env are worded as everywhere', () => {
    const tree = { '/p/compose.yaml': '', '/p/.env': 'A=$NOPE' };
    expect(resolve({ tree }).warnings.map(({ message }) => message)).toEqual([
      'The "NOPE" variable is not set. Defaulting to a blank string.',
    ]);
  });

  test('faults of .env are reported once, together with the others', () => {
    const tree = { '/p/compose.yaml': '', '/p/.env': 'A B=1' };
    expect(faults({ tree, flags: { projectName: 'BAD' } })).toEqual([
      'failed to read /p/.env: line 1: key cannot contain a space',
      'invalid project name "BAD": must consist only of lowercase alphanumeric characters, hyphens, and underscores as well as start with a letter or number',
    ]);
  });

  test('only COMPOSE_ variables that the process lacks are exported from .env', () => {
    const tree = { '/p/.env': 'COMPOSE_ANSI=never\nCOMPOSE_MENU=1\nOTHER=1' };
    const around = { environment: { COMPOSE_MENU: '0' }, cwd: '/p', files: inMemory(tree) };
    expect(dotenvExports({}, around)).toEqual({ ok: true, value: { COMPOSE_ANSI: 'never' } });
  });
});

describe('names and profiles', () => {
  const tree = {
    '/p/compose.yaml': '',
    '/p/.env': 'COMPOSE_PROJECT_NAME=from-env\nCOMPOSE_PROFILES=a, b,',
  };

  test('come from the environment', () => {
    expect(resolve({ tree })).toMatchObject({ projectName: 'from-env', profiles: ['a', 'b'] });
  });

  test('are overridden by flags', () => {
    const flags = { projectName: 'flag', profiles: ['*'] };
    expect(resolve({ tree, flags })).toMatchObject({ projectName: 'flag', profiles: ['*'] });
  });

  test('an explicit directory is the working directory and the place of .env', () => {
    const flags = { projectDirectory: 'd', files: ['f/x.yaml'] };
    const options = resolve({ flags, tree: { '/p/d/.env': 'A=1' } });
    expect(options.workingDir).toBe('/p/d');
    expect(options.environment['A']).toBe('1');
  });

  test.each([
    ['My Proj.1_x', 'myproj1_x'],
    ['__-Ab', 'ab'],
    ['été', 't'],
    ['___', ''],
  ])('%s is normalised to %s', (text, expected) => {
    expect(normalizeProjectName(text)).toBe(expected);
  });

  test('a project without a name is called after its directory, with a warning for links', () => {
    expect(defaultProjectName('/x/My App', inMemory({}))).toEqual({ name: 'myapp', warnings: [] });
    expect(defaultProjectName('/x/link', inMemory({}))).toMatchObject({
      name: 'link',
      warnings: [{ code: 'project/name-from-symlink' }],
    });
  });
});
