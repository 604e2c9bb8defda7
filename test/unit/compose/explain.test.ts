import { describe, expect, it, test } from 'vitest';

import { explainPath, formatExplanation } from '../../../src/compose/explain.ts';
import { explainVariable, formatVariable } from '../../../src/compose/explain-variable.ts';
import { loadTree } from '../../../src/compose/load-tree.ts';
import { findNode, parsePath } from '../../../src/compose/parse-path.ts';
import { memoryFiles } from './memory-files.ts';
import { tree } from './tree.ts';

const files = {
  '/p/compose.yaml': `
name: demo
services:
  web:
    image: nginx:\${TAG:-1}
    environment: {A: one, B: "2"}
    ports: ["80:8080"]
    command: [a, b]
`,
  '/p/compose.override.yaml': `
services:
  web:
    image: caddy
    environment: [A=two]
    command: !override [c]
    "x-a.b": {c: 1}
`,
};

function explain(path: string): string[] {
  const loaded = loadTree(
    {
      composeFiles: Object.keys(files),
      workingDir: '/p',
      environment: { TAG: '7' },
      envFiles: [],
      profiles: [],
      exports: {},
      readEnvFiles: [],
      warnings: [],
    },
    {},
    memoryFiles(files),
  );
  if (!loaded.ok) throw new Error('does not load');
  const explained = explainPath(loaded.value.tree, path, loaded.value.environment);
  if (explained.ok) return formatExplanation(explained.value);
  return [explained.error.message, explained.error.hint ?? ''];
}

describe('an explanation', () => {
  it('names the writing that counts and what it overrode, with the variables in it', () => {
    expect(explain('services.web.image')).toEqual([
      'services.web.image = "caddy"',
      '  written in /p/compose.override.yaml:4:12: caddy',
      '  overrides /p/compose.yaml:5:12: nginx:${TAG:-1}',
      '    with TAG = "7"',
    ]);
  });

  it('finds variables by name and shows which file won', () => {
    expect(explain('services.web.environment.A')).toEqual([
      'services.web.environment[0] = "A=two"',
      '  written in /p/compose.override.yaml:5:19: A=two',
      '  overrides /p/compose.yaml:6:19: A: one',
    ]);
  });

  it('says what a value follows from that nobody wrote', () => {
    expect(explain('services.web.ports[0].protocol')).toEqual([
      'services.web.ports[0].protocol = "tcp"',
      '  follows from /p/compose.yaml:7:13: "80:8080"',
    ]);
  });

  it('shows what stood in a list that was replaced whole', () => {
    expect(explain('services.web.command[0]')).toEqual([
      'services.web.command[0] = "c"',
      '  written in /p/compose.override.yaml:6:25: c',
      '  overrides /p/compose.yaml:8:15: a',
    ]);
  });

  it('suggests where a path leads nowhere', () => {
    expect(explain('services.web.imag')).toEqual([
      'no "imag" in services.web',
      'did you mean image?',
    ]);
    expect(explain('services.web.environment.ZZZZ')).toEqual([
      'no "ZZZZ" in services.web.environment',
      'there is: A, B',
    ]);
  });
});

describe('a variable', () => {
  const envFiles = { '/p/.env': 'B=1\nA=file\nexport A=again', '/c/.env': 'A=other\nC=c' };
  const lines = (name: string, process: Record<string, string> = {}): string[] => {
    const options = { readEnvFiles: ['/c/.env', '/p/.env'] };
    return formatVariable(name, explainVariable(name, options, process, memoryFiles(envFiles)));
  };

  it('comes from the environment before any file', () => {
    expect(lines('A', { A: 'mine' })).toEqual([
      'A = "mine"',
      '  set by the environment of this command',
      '  overrides /c/.env:1, which sets "other"',
      '  overrides /p/.env:3, which sets "again"',
    ]);
  });

  it('comes from the strongest file that sets it', () => {
    expect(lines('B')).toEqual(['B = "1"', '  set by /p/.env:1']);
  });

  it('may not be set', () => {
    expect(lines('NOPE')).toEqual(['NOPE is not set']);
  });
});

test.each([
  ['services.web.ports[0]', ['services', 'web', 'ports', '0']],
  ['services."a.b".image', ['services', 'a.b', 'image']],
  ['services["a.b"].image', ['services', 'a.b', 'image']],
  ['a', ['a']],
  ['', []],
])('the path %s has the parts %j', (path, parts) => {
  expect(parsePath(path)).toEqual(parts);
});

test.each([
  [
    ['volumes', '/data'],
    ['volumes', 1],
  ],
  [
    ['a', 'b', 'c'],
    ['a.b', 'c'],
  ],
  [
    ['ports', '443'],
    ['ports', 0],
  ],
  [
    ['labels', 'k'],
    ['labels', 1],
  ],
])('%j is found', (parts, path) => {
  const root = tree(
    'volumes: [{target: /x}, {target: /data}]\na.b: {c: 1}\nports: [{target: 443}]\nlabels: [a=b, k]',
  );
  expect(findNode(root, parts).path).toEqual(path);
});
