import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { nodeAt, toPlain } from '../../../src/compose/node.ts';
import type { Node, NodePath } from '../../../src/compose/node.ts';
import { lineColumn } from '../../../src/compose/source.ts';
import { parseYaml } from '../../../src/compose/yaml.ts';

function parse(text: string): ReturnType<typeof parseYaml> {
  return parseYaml({ path: '/p/compose.yaml', text });
}

/** The documents of a text without faults, as plain values. */
function plain(text: string): unknown[] {
  const { documents, diagnostics } = parse(text);
  expect(diagnostics).toEqual([]);
  return documents.map((document) => JSON.parse(JSON.stringify(toPlain(document))) as unknown);
}

function node(text: string, path: NodePath): Node {
  const found = nodeAt(parse(text).documents[0] as Node, path);
  if (found === undefined) throw new Error('no such node');
  return found;
}

function source(found: Node): string {
  return found.span.file.text.slice(found.span.start, found.span.end);
}

/** `line:column message` of every fault. */
function faults(text: string): string[] {
  return parse(text).diagnostics.map(({ message, span }) => {
    if (span === undefined) throw new Error('a fault without a place');
    const { line, column } = lineColumn(span.file, span.start);
    return `${line}:${column} ${message}`;
  });
}

describe('what can be written', () => {
  test.each([
    [
      'a: 1\nb: [x, "y", \'it\'\'s\']\nc: {d: e, "f":1}',
      { a: 1, b: ['x', 'y', "it's"], c: { d: 'e', f: 1 } },
    ],
    ['a:\n- 1\n- b: c\n  d: e\n-   - f', { a: [1, { b: 'c', d: 'e' }, ['f']] }],
    ['a:\nb: ~', { a: null, b: null }],
    ['a: one\n  two\n\n  three', { a: 'one two\nthree' }],
    ['a: "x\\n\\x41\\u00e9 \\\n   y"', { a: 'x\nAé y' }],
    ['a: "x\ny"', { a: 'x y' }],
    ['a:\n  b: [\n1,\n]\n', { a: { b: [1] } }],
    [
      'a: |\n  x\n    y\n\nb: >-\n  x\n  y\n\n  z\nc: |2+\n    q\n\n',
      { a: 'x\n  y\n', b: 'x y\nz', c: '  q\n\n' },
    ],
    ['? a\n: b\n? c', { a: 'b', c: null }],
    ['a: http://x:80/#y # comment\n#b: c', { a: 'http://x:80/#y' }],
    ['a: [b: c, ? d]', { a: [{ b: 'c' }, { d: null }] }],
    ['\uFEFFa: 1\r\nb:\r\n  - 2\r\n', { a: 1, b: [2] }],
    ['{"a":\t{"b": [1,\t2]}}', { a: { b: [1, 2] } }],
    [
      'a: !!str 12\nb: !!int "0x10"\nc: !!float 1\nd: !!binary aGk=\ne: !custom 3',
      { a: '12', b: 16, c: 1, d: 'hi', e: '3' },
    ],
    ['%TAG !y! tag:yaml.org,2002:\n--- \na: !y!str 1', { a: '1' }],
    ['"<<": x', { '<<': 'x' }],
  ])('%j', (text, expected) => {
    expect(plain(text)).toEqual([expected]);
  });

  test.each(['', '# nothing\n', '\n\n', '\uFEFF', '...\n'])('%j has no documents', (text) => {
    expect(plain(text)).toEqual([]);
  });

  test('documents are kept apart, but anchors are known in later ones', () => {
    expect(plain('a: &x 1\n---\nb: *x\n...\n---\nc: 2')).toEqual([{ a: 1 }, { b: 1 }, { c: 2 }]);
  });
});

describe('anchors and merge keys', () => {
  test('an alias is the node of its anchor', () => {
    const text = 'a: &x {b: [1]}\nc: *x';
    expect(plain(text)).toEqual([{ a: { b: [1] }, c: { b: [1] } }]);
    const root = parse(text).documents[0] as Node;
    expect(nodeAt(root, ['c'])).toBe(nodeAt(root, ['a']));
  });

  test('own keys win over merged ones, earlier mappings over later ones', () => {
    const text = `
x: &x {a: x, b: x, c: x}
y: &y {<<: {d: nested}, b: y, c: y}
z:
  a: own
  <<: [*y, *x]
`;
    expect(plain(text)).toMatchObject([{ z: { a: 'own', b: 'y', c: 'y', d: 'nested' } }]);
  });

  test('a sequence of mappings may be merged through an alias', () => {
    expect(plain('l: &l [{a: 1}, {b: 2}]\nm: {<<: *l}')).toMatchObject([{ m: { a: 1, b: 2 } }]);
  });

  test.each([
    ['a: *nope', "1:4 yaml: unknown anchor 'nope' referenced"],
    ['a: &x\n  b: *x', "2:6 yaml: anchor 'x' value contains itself"],
    ['a: {<<: 1}', '1:9 yaml: map merge requires map or sequence of maps as the value'],
    [
      'a: &l [x]\nb:\n  <<: *l',
      '3:7 yaml: map merge requires map or sequence of maps as the value',
    ],
    ['a: {<<: {}, <<: {}}', '1:13 mapping key "<<" already defined at line 1'],
  ])('%j is a fault', (text, fault) => {
    expect(faults(text)).toEqual([fault]);
  });

  test('an alias bomb is refused', () => {
    const levels = Array.from({ length: 9 }, (_, level) => {
      const above = level === 0 ? 'x' : `*l${level - 1}`;
      return `l${level}: &l${level} [${Array.from({ length: 9 }, () => above).join(', ')}]`;
    });
    expect(faults(levels.join('\n'))).toEqual(['7:10 yaml: document contains excessive aliasing']);
  });

  test('a document with too many nodes is refused', () => {
    const text = `a: [${'1,'.repeat(100_001)}]`;
    expect(faults(text)[0]).toContain('exceeds maximum node visit limit (100000)');
  });
});

describe('directives', () => {
  test('are kept on the nodes they mark', () => {
    const text = 'a: !reset null\nb: !override\n  - 1\nc: !override 0.5\nd: !reset {e: 1}';
    expect(node(text, ['a'])).toMatchObject({ directive: 'reset', type: 'null' });
    expect(node(text, ['b'])).toMatchObject({ directive: 'override', kind: 'seq' });
    expect(node(text, ['c'])).toMatchObject({ directive: 'override', type: 'str', value: '0.5' });
    expect(node(text, ['d'])).toMatchObject({ directive: 'reset', kind: 'map' });
  });

  test('go through aliases; items that reset themselves are left out', () => {
    const text = 'x: &x !override [1]\na: *x\nb: [1, !reset 2, 3]';
    expect(node(text, ['a'])).toMatchObject({ directive: 'override' });
    expect(toPlain(node(text, ['b']))).toEqual([1, 3]);
  });

  test('a key that is reset takes what is merged, and nothing from files before', () => {
    const text = 'a:\n  <<: {k: merged}\n  k: !reset null';
    expect(node(text, ['a', 'k'])).toMatchObject({ value: 'merged', directive: 'override' });
  });
});

describe('places', () => {
  const text = 'services:\n  web: &w\n    ports: [80, "a b"]\n    text: |\n      line\n  db: *w\n';

  test.each<[NodePath, string]>([
    [['services', 'web', 'ports', 0], '80'],
    [['services', 'web', 'ports', 1], '"a b"'],
    [['services', 'web', 'ports'], '[80, "a b"]'],
    [['services', 'web', 'text'], '|\n      line'],
    [['services', 'web'], 'ports: [80, "a b"]\n    text: |\n      line'],
    [['services', 'db', 'ports', 0], '80'],
  ])('%j', (path, expected) => {
    expect(source(node(text, path))).toBe(expected);
  });

  test('keys have their own', () => {
    const services = node(text, ['services']);
    const entry = services.kind === 'map' ? services.entries.get('web') : undefined;
    expect(entry && text.slice(entry.keySpan.start, entry.keySpan.end)).toBe('web');
  });
});

describe('faults', () => {
  test.each([
    ['a: 1\nb: 2\na: 3', ['3:1 mapping key "a" already defined at line 1']],
    ['a:\n  1: x', ['2:3 non-string key in a: 1']],
    ['~: x', ['1:1 non-string key at top level: <nil>']],
    ['[a]: x', ['1:1 non-string key at top level: a collection']],
    ['- a', ['1:1 top-level object must be a mapping']],
    ['a: 1\n---\n', ['3:1 top-level object must be a mapping']],
    ['a: b: c', ['1:5 yaml: line 1: mapping values are not allowed in this context']],
    ['a:\n\tb: 1', ['2:1 yaml: line 2: found character that cannot start any token']],
    ['a: "x', ['1:4 yaml: line 1: found unexpected end of stream']],
    ['a: "\\q"', ['1:5 yaml: line 1: found unknown escape character']],
    ['a: [1, 2', ["1:4 yaml: line 1: did not find expected ',' or ']'"]],
    ['a: @b', ['1:4 yaml: line 1: found character that cannot start any token']],
    ['a: 1\n b: 2', ['2:3 yaml: line 2: mapping values are not allowed in this context']],
    ['a:\n  b: 1\n c: 2', ['3:2 yaml: line 3: did not find expected key']],
    ['a: 1\nb\n', ["2:1 yaml: line 2: could not find expected ':'"]],
    ['%YAML 1.2\n---\na: 1', ['1:1 yaml: line 1: found incompatible YAML document']],
    ['a: 1\n...\nb: 2', ['3:1 yaml: line 3: did not find expected <document start>']],
    ['a: !x!y z', ['1:4 yaml: line 1: found undefined tag handle']],
    ['a: !!int x', ['1:10 yaml: unmarshal errors: cannot construct !!str `x` as a !!int']],
    ['a: \0', ['1:4 yaml: control characters are not allowed']],
  ])('%j', (text, expected) => {
    expect(faults(text)).toEqual(expected);
  });

  test('a tab is explained', () => {
    expect(parse('a:\n\tb: 1').diagnostics[0]?.hint).toContain('replace the tab by spaces');
  });

  test('all of them are found, and what is sound is read', () => {
    const text = `services:
  a:
    image: "x\\q"
    command: echo a: b
  b:
\timage: y
  c:
    image: z
    image: z
`;
    expect(faults(text)).toEqual([
      '3:14 yaml: line 3: found unknown escape character',
      '4:20 yaml: line 4: mapping values are not allowed in this context',
      '6:1 yaml: line 6: found character that cannot start any token',
      '9:5 mapping key "image" already defined at line 8',
    ]);
    expect(parse(text).documents.map(toPlain)).toMatchObject([
      { services: { a: null, b: null, c: { image: 'z' } } },
    ]);
  });

  test('deep nesting is a fault and no stack overflow', () => {
    expect(faults('['.repeat(100_000))).toEqual([
      '1:1001 yaml: line 1: exceeded max depth of 1000',
    ]);
  });
});

const fragments = [
  'a',
  ': ',
  ':',
  '- ',
  '\n',
  '  ',
  '[',
  ']',
  '{',
  '}',
  ',',
  '"',
  "'",
  '|',
  '>',
  '&x ',
  '*x',
  '!t ',
  '? ',
  '#',
  '---\n',
  '<<: ',
  '\t',
  '\\',
  '%',
];

test('never throws, and every place is inside the text', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...fragments), fc.string())), (parts) => {
      const text = parts.join('');
      for (const { span } of parse(text).diagnostics) {
        expect(span?.start).toBeGreaterThanOrEqual(0);
        expect(span?.end).toBeLessThanOrEqual(text.length);
      }
    }),
  );
});

test('what JSON can say is read back from JSON', () => {
  const key = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme-ascii' });
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      fc.string({ unit: 'grapheme-ascii' }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      tie('list'),
      tie('map'),
    ),
    list: fc.array(tie('tree'), { maxLength: 4 }),
    map: fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
  }));
  fc.assert(
    fc.property(fc.dictionary(key, tree, { maxKeys: 4 }), (value) => {
      expect(plain(JSON.stringify(value, null, 1))).toEqual([JSON.parse(JSON.stringify(value))]);
    }),
  );
});
