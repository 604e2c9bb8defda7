import { describe, expect, it, test } from 'vitest';

import type { Diagnostic } from '../../../src/compose/diagnostic.ts';
import { loadTree } from '../../../src/compose/load-tree.ts';
import type { LoadedTree, TreeRequest } from '../../../src/compose/load-tree.ts';
import { nodeAt } from '../../../src/compose/node.ts';
import { memoryFiles } from './memory-files.ts';
import { place, plain } from './tree.ts';

interface Scene {
  readonly files: Readonly<Record<string, string | Uint8Array | null>>;
  readonly composeFiles?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly projectName?: string;
  readonly workingDir?: string;
  readonly request?: TreeRequest;
}

function load(scene: Scene): ReturnType<typeof loadTree> {
  const options = {
    composeFiles: scene.composeFiles ?? ['/p/compose.yaml'],
    workingDir: scene.workingDir ?? '/p',
    environment: scene.environment ?? {},
    envFiles: [],
    profiles: [],
    exports: {},
    readEnvFiles: [],
    warnings: [],
    ...(scene.projectName !== undefined && { projectName: scene.projectName }),
  };
  const request = { skipNormalization: true, ...scene.request };
  return loadTree(options, request, memoryFiles(scene.files));
}

function loaded(scene: Scene): LoadedTree {
  const result = load(scene);
  if (!result.ok) throw new Error(result.error.map(({ message }) => message).join('\n'));
  return result.value;
}

function model(scene: Scene): Record<string, Record<string, unknown>> {
  return plain(loaded(scene).tree) as Record<string, Record<string, unknown>>;
}

function faults(scene: Scene): readonly Diagnostic[] {
  const result = load(scene);
  return result.ok ? [] : result.error.filter(({ severity }) => severity === 'error');
}

function messages(scene: Scene): string[] {
  return faults(scene).map(({ message }) => message);
}

const one = (text: string): Scene => ({ files: { '/p/compose.yaml': text } });

describe('the name of a project', () => {
  const named = (text: string, scene: Partial<Scene> = {}): string =>
    loaded({ ...one(`${text}\nservices: {a: {image: i}}`), ...scene }).name;

  it.each([
    ['', 'p'],
    ['name: other', 'other'],
    ['name: My Proj.1_x', 'myproj1_x'],
    ['name: ${N:-web}-1', 'web-1'],
    ['name: ""', 'p'],
    ['name: first\n---\nname: second', 'second'],
  ])('%s is %s', (text, name) => {
    expect(named(text)).toBe(name);
  });

  it('given from outside beats the files', () => {
    expect(named('name: other', { projectName: 'mine' })).toBe('mine');
  });

  it('given from outside must be normal', () => {
    expect(messages({ ...one('services: {}'), projectName: 'BAD' })).toEqual([
      'invalid project name "BAD": must consist only of lowercase alphanumeric characters, hyphens, and underscores as well as start with a letter or number',
    ]);
  });

  it('must not vanish when it is normalised', () => {
    expect(messages(one('name: "__"\nservices: {a: {image: i}}'))).toEqual([
      'project name must not be empty',
    ]);
  });

  it('can be used as COMPOSE_PROJECT_NAME', () => {
    expect(model(one('name: x\nservices: {a: {image: "${COMPOSE_PROJECT_NAME}"}}'))).toMatchObject({
      services: { a: { image: 'x' } },
    });
  });
});

describe('several files and documents', () => {
  it('are merged in order, documents of one file too', () => {
    const files = {
      '/p/a.yaml': 'services: {a: {image: i, environment: {A: 1}}}\n---\nservices: {a: {image: j}}',
      '/p/b.yaml': 'services: {a: {environment: [A=2, B]}, b: {image: k}}',
    };
    const environment = { B: 'from outside' };
    expect(model({ files, composeFiles: ['/p/a.yaml', '/p/b.yaml'], environment })).toEqual({
      services: {
        a: { image: 'j', environment: ['A=2', 'B=from outside'] },
        b: { image: 'k' },
      },
    });
  });

  it('may clear what an earlier one said', () => {
    const files = {
      '/p/a.yaml': 'services: {a: {image: i, ports: ["1:1"], dns: [1.1.1.1]}, b: {image: k}}',
      '/p/b.yaml': 'services: {a: {ports: !override ["2:2"], dns: !reset null}, b: !reset null}',
    };
    const { services } = model({ files, composeFiles: ['/p/a.yaml', '/p/b.yaml'] });
    expect(services).toMatchObject({ a: { image: 'i', ports: [{ published: '2' }] } });
    expect(Object.keys(services?.['a'] as object)).toEqual(['image', 'ports']);
    expect(Object.keys(services ?? {})).toEqual(['a']);
  });

  it('do not need the variables of what they reset', () => {
    const files = {
      '/p/a.yaml': 'services: {a: {image: i, ports: ["1:1"]}}',
      '/p/b.yaml': 'services: {a: {ports: !reset ["${X:?}"], tty: !reset "${Y}"}}',
    };
    const { tree, warnings } = loaded({ files, composeFiles: ['/p/a.yaml', '/p/b.yaml'] });
    expect(plain(tree)).toEqual({ services: { a: { image: 'i' } } });
    expect(warnings).toEqual([]);
  });

  it('are each checked, and all faults of all files are reported', () => {
    const files = {
      '/p/a.yaml': 'services: {a: {image: [1]}}',
      '/p/b.yaml': 'services: {b: {imag: x}}',
    };
    const found = faults({ files, composeFiles: ['/p/a.yaml', '/p/b.yaml'] });
    expect(found.map(({ span }) => place(span))).toEqual(['/p/a.yaml:1:23', '/p/b.yaml:1:16']);
    expect(found[0]?.message).toBe('validating /p/a.yaml: services.a.image must be a string');
  });
});

describe('what cannot be loaded', () => {
  test.each<[string, Scene, string[]]>([
    ['a file that is missing', { files: {} }, ['open /p/compose.yaml: no such file or directory']],
    [
      'a directory',
      { files: { '/p/compose.yaml/x': '' } },
      ['read /p/compose.yaml: is a directory'],
    ],
    [
      'a file without permission',
      { files: { '/p/compose.yaml': null } },
      ['open /p/compose.yaml: permission denied'],
    ],
    [
      'a file that is no text',
      { files: { '/p/compose.yaml': Uint8Array.of(0x61, 0xff, 0xc0) } },
      ['failed to parse /p/compose.yaml: yaml: invalid leading UTF-8 octet'],
    ],
    ['an empty file', one(''), ['empty compose file']],
    ['comments only', one('# nothing\n'), ['empty compose file']],
  ])('%s', (_, scene, expected) => {
    expect(messages(scene)).toEqual(expected);
  });

  it('a variable that must be set, in any file, with its place', () => {
    const files = {
      '/p/a.yaml': 'services: {a: {image: "${A:?no a}"}}',
      '/p/b.yaml': 'services: {a: {image: "${B?}"}}',
    };
    const found = faults({ files, composeFiles: ['/p/a.yaml', '/p/b.yaml'] });
    expect(found.map(({ message }) => message)).toEqual([
      'error while interpolating services.a.image: required variable A is missing a value: no a',
      'error while interpolating services.a.image: required variable B is missing a value',
    ]);
  });
});

describe('warnings', () => {
  it('come once per message, with every place', () => {
    const { warnings } = loaded(
      one('services: {a: {image: "${X}"}}\n---\nservices: {b: {image: "$X"}}'),
    );
    expect(warnings.map(({ message }) => message)).toEqual([
      'The "X" variable is not set. Defaulting to a blank string.',
    ]);
    expect(warnings[0]?.notes?.map(({ span }) => place(span))).toEqual(['/p/compose.yaml:3:24']);
  });

  it('name each file with a version', () => {
    const files = {
      '/p/a.yaml': 'version: "3"\nservices: {a: {image: i}}\n---\nversion: "3"',
      '/p/b.yaml': 'version: "3"',
    };
    const { warnings, tree } = loaded({ files, composeFiles: ['/p/a.yaml', '/p/b.yaml'] });
    expect(warnings.map(({ message }) => message.split(':', 1)[0])).toEqual([
      '/p/a.yaml',
      '/p/b.yaml',
    ]);
    expect(tree.entries.has('version')).toBe(false);
  });
});

describe('extends', () => {
  it('takes paths of another file from where that file is', () => {
    const files = {
      '/p/compose.yaml':
        'services: {a: {extends: {file: sub/base.yaml, service: b}, volumes: ["./x:/x"]}}',
      '/p/sub/base.yaml':
        'services: {b: {build: ., env_file: b.env, volumes: ["./y:/y", "data:/d"], extends: {file: deep/c.yaml, service: c}}}',
      '/p/sub/deep/c.yaml': 'services: {c: {build: {context: ctx, dockerfile: D}, tty: "${T}"}}',
    };
    const { tree } = loaded({ files, environment: { T: 'true' } });
    const service = nodeAt(tree, ['services', 'a']);
    expect(service?.kind === 'map' && plain(service)).toMatchObject({
      build: { context: '/p/sub', dockerfile: 'D' },
      env_file: [{ path: '/p/sub/b.env' }],
      tty: true,
      volumes: [{ source: '/p/sub/y' }, { source: 'data' }, { source: '/p/x' }],
    });
  });

  it('may go through the extending file itself', () => {
    const { services } = model(
      one('services: {a: {extends: {file: compose.yaml, service: b}}, b: {image: i}}'),
    );
    expect(services?.['a']).toEqual({ image: 'i' });
  });

  it('names files as the user wrote them when a service is missing', () => {
    const files = {
      '/p/compose.yaml': 'services: {a: {extends: {file: sub/b.yaml, service: x}}}',
      '/p/sub/b.yaml': 'services: {b: {image: i}}',
    };
    expect(messages({ files })).toEqual([
      'cannot extend service "a" in /p/compose.yaml: service "x" not found in sub/b.yaml',
    ]);
  });

  it('reports a file that is missing, or has no services', () => {
    const text = (file: string): string => `services: {a: {extends: {file: ${file}, service: x}}}`;
    expect(messages(one(text('no.yaml')))).toEqual(['open /p/no.yaml: no such file or directory']);
    const files = { '/p/compose.yaml': text('empty.yaml'), '/p/empty.yaml': 'x-a: 1' };
    expect(messages({ files })).toEqual([
      'cannot extend service "a" in /p/empty.yaml: no services section',
    ]);
  });
});

describe('include', () => {
  it('loads another project with its own directory and environment', () => {
    const files = {
      '/p/compose.yaml': 'include: [sub/compose.yaml]\nservices: {a: {image: "${V}"}}',
      '/p/sub/compose.yaml':
        'name: ignored\nservices: {b: {image: "${V}", build: ., environment: [W]}}\nvolumes: {v: {}}\nx-sub: 1',
      '/p/sub/.env': 'V=sub\nW=w',
    };
    expect(model({ files, environment: { V: 'outer' } })).toEqual({
      services: {
        a: { image: 'outer' },
        b: { image: 'outer', build: { context: '/p/sub' }, environment: ['W=w'] },
      },
      volumes: { v: {} },
    });
  });

  it('takes several files, a directory and env files', () => {
    const files = {
      '/p/compose.yaml':
        'include: [{path: [sub/a.yaml, sub/b.yaml], project_directory: dir, env_file: [one.env, two.env]}]',
      '/p/sub/a.yaml': 'services: {a: {image: "${V}-${W}", env_file: x.env}}',
      '/p/sub/b.yaml': 'services: {a: {hostname: h}}',
      '/p/dir/x.env': '',
      '/p/dir/.env': 'V=unused',
      '/p/one.env': 'V=1\nW=1',
      '/p/two.env': 'W=2',
    };
    expect(model({ files }).services).toEqual({
      a: { image: '1-2', hostname: 'h', env_file: [{ path: '/p/dir/x.env', required: true }] },
    });
  });

  it('has paths relative to the project when paths are not resolved', () => {
    const files = {
      '/p/compose.yaml': 'include: [sub/a.yaml]\nservices: {a: {build: ./x}}',
      '/p/sub/a.yaml':
        'include: [deep/b.yaml]\nservices: {b: {build: ./x, extends: {file: ../c.yaml, service: c}}}',
      '/p/sub/deep/b.yaml': 'services: {d: {build: .}}',
      '/p/c.yaml': 'services: {c: {env_file: c.env}}',
    };
    const { services } = model({ files, request: { skipPathResolution: true } });
    expect(services).toMatchObject({
      a: { build: { context: './x' } },
      b: { build: { context: 'sub/x' }, env_file: [{ path: 'c.env' }] },
      d: { build: { context: 'sub/deep' } },
    });
  });

  it('is overridden by the file that includes', () => {
    const files = {
      '/p/compose.yaml':
        'include: [sub.yaml]\nservices: {a: {image: mine, ports: !override ["2:2"], environment: {B: 2}}}',
      '/p/sub.yaml': 'services: {a: {image: theirs, ports: ["1:1"], environment: {A: 1}}}',
    };
    expect(model({ files }).services?.['a']).toMatchObject({
      image: 'mine',
      ports: [{ published: '2' }],
      environment: ['A=1', 'B=2'],
    });
  });

  it('may reach the same file twice', () => {
    const files = {
      '/p/compose.yaml': 'include: [a.yaml, b.yaml]',
      '/p/a.yaml': 'include: [c.yaml]\nservices: {a: {image: i}}',
      '/p/b.yaml': 'include: [c.yaml]\nservices: {b: {image: i}}',
      '/p/c.yaml': 'services: {c: {image: i, ports: ["1:1"], environment: {A: 1}}}',
    };
    const { services } = model({ files });
    expect(Object.keys(services ?? {}).sort()).toEqual(['a', 'b', 'c']);
    expect(services?.['c']).toMatchObject({ ports: [{ target: 1 }], environment: ['A=1'] });
  });

  it('keeps the content that its environment gives a config', () => {
    const files = {
      '/p/compose.yaml': 'include: [{path: sub.yaml, env_file: sub.env}]',
      '/p/sub.yaml': 'configs: {c: {environment: TEXT}}\nservices: {}',
      '/p/sub.env': 'TEXT=inner',
    };
    expect(model({ files }).configs).toEqual({ c: { environment: 'TEXT', content: 'inner' } });
  });

  test.each<[string, Record<string, string>, string]>([
    [
      'a cycle',
      {
        '/p/compose.yaml': 'include: [a.yaml]',
        '/p/a.yaml': 'include: [b.yaml]',
        '/p/b.yaml': 'include: [a.yaml]',
      },
      'include cycle detected:\n/p/compose.yaml\n include /p/a.yaml\n include /p/b.yaml\n include /p/a.yaml',
    ],
    ['no list', { '/p/compose.yaml': 'include: a.yaml' }, '`include` must be a list, got a.yaml'],
    [
      'a missing file',
      { '/p/compose.yaml': 'include: [a.yaml]' },
      'open /p/a.yaml: no such file or directory',
    ],
    [
      'a missing env file',
      {
        '/p/compose.yaml': 'include: [{path: a.yaml, env_file: no.env}]',
        '/p/a.yaml': 'services: {}',
      },
      'stat /p/no.env: no such file or directory',
    ],
  ])('%s is a fault', (_, files, message) => {
    expect(messages({ files })).toEqual([message]);
  });

  it('shows for a fault in an included file how it was reached', () => {
    const files = {
      '/p/compose.yaml': 'include: [a.yaml]',
      '/p/a.yaml': 'include:\n  - b.yaml',
      '/p/b.yaml': 'services: {b: {imag: x}}',
    };
    const [fault] = faults({ files });
    expect(place(fault?.span)).toBe('/p/b.yaml:1:16');
    expect(fault?.notes?.map(({ span }) => place(span))).toEqual([
      '/p/compose.yaml:1:11',
      '/p/a.yaml:2:5',
    ]);
  });
});
