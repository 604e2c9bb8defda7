import { describe, expect, test } from 'vitest';

import type { Diagnostic } from '../../../src/compose/diagnostic.ts';
import { readPublishable, withFileNames } from '../../../src/compose/publish-file.ts';
import type { PublishableFile } from '../../../src/compose/publish-file.ts';
import { memoryFiles } from './memory-files.ts';

function read(text: string, environment: Readonly<Record<string, string>> = {}): PublishableFile {
  const found: Diagnostic[] = [];
  const around = { access: memoryFiles({ '/p/c.yaml': text }), environment, directory: '/p' };
  const file = readPublishable('/p/c.yaml', around, found);
  if (file === undefined) throw new Error(found.map(({ message }) => message).join('\n'));
  return file;
}

const names = new Map([
  ['/p/a.env', 'A.env'],
  ['/p/b.env', 'B.env'],
  ['/p/base.yaml', 'X.yaml'],
  ['/home/me/h.env', 'H.env'],
]);

describe('files that a published file names get other names', () => {
  test.each([
    ['one env file', 'services: {a: {env_file: a.env}}', 'services: {a: {env_file: A.env}}'],
    [
      'a list in flow style',
      'services: {a: {env_file: [./a.env, "b.env"]}}',
      'services: {a: {env_file: [A.env, B.env]}}',
    ],
    [
      'the long form, with all that is around it',
      'services:\n  a: # one\n    env_file:\n      - path: /p/a.env # two\n        required: false\n',
      'services:\n  a: # one\n    env_file:\n      - path: A.env # two\n        required: false\n',
    ],
    [
      'a base file',
      'services: {a: {extends: {file: base.yaml, service: b}}}',
      'services: {a: {extends: {file: X.yaml, service: b}}}',
    ],
    [
      'an alias, once',
      'x: &e a.env\nservices: {a: {env_file: *e}, b: {env_file: *e}}',
      'x: &e A.env\nservices: {a: {env_file: *e}, b: {env_file: *e}}',
    ],
    [
      'every document',
      'services: {a: {env_file: a.env}}\n---\nservices: {a: {env_file: b.env}}',
      'services: {a: {env_file: A.env}}\n---\nservices: {a: {env_file: B.env}}',
    ],
    [
      'a name with a variable, and one in the home directory',
      'services: {a: {env_file: ["${N}.env", ~/h.env]}, b: {image: "${N}"}}',
      'services: {a: {env_file: [A.env, H.env]}, b: {image: "${N}"}}',
    ],
  ])('%s', (_, text, expected) => {
    expect(withFileNames(read(text, { N: 'a' }), names)).toBe(expected);
  });

  test.each([
    ['remote base files', 'services: {a: {extends: {file: "oci://x/y", service: b}}}'],
    ['services of the same file', 'services: {a: {extends: {service: b}}, b: {}}'],
    ['files without another name', 'services: {a: {env_file: other.env}}'],
  ])('but not %s', (_, text) => {
    expect(withFileNames(read(text), names)).toBe(text);
  });
});

test('includes of this machine are found, remote ones are none', () => {
  const text =
    'include: ["oci://x/y", a.yaml, {path: [b.yaml, "https://host/c.git"]}]\nservices: {a: {image: x}}';
  const spans = read(text).localIncludes;
  expect(spans.map(({ start, end }) => text.slice(start, end))).toEqual(['a.yaml', 'b.yaml']);
});

test('literal values are found as they are written, before variables are replaced', () => {
  const text = `
services:
  a: {environment: {PASSWORD: hunter2, TOKEN: "\${T}", NAME: literal, API_KEY: }}
  b: {environment: ["SECRET=abc", "API_KEY=$K", TOKEN]}
configs:
  one: {content: literal}
  two: {content: "\${C}"}
`;
  const { literals, literalConfigs } = read(text, { T: 'literal', K: 'literal', C: 'literal' });
  expect([...literals]).toEqual([
    ['a', ['PASSWORD']],
    ['b', ['SECRET']],
  ]);
  expect(literalConfigs).toEqual(['one']);
});

test('a file that cannot be read is a fault', () => {
  expect(() => read('services: [')).toThrow('yaml');
});
