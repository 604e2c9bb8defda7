import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';

import type { Node } from '../../../src/compose/node.ts';
import type { Rendered } from '../../../src/compose/rendered.ts';
import { Float, Timestamp } from '../../../src/compose/rendered.ts';
import { yamlText } from '../../../src/compose/yaml-text.ts';
import { tree } from './tree.ts';

test.each([
  ['plain text', 'plain text'],
  ['', '""'],
  ['123', '"123"'],
  ['0440', '"0440"'],
  ['1_000', '"1_000"'],
  ['1e3', '"1e3"'],
  ['.5', '".5"'],
  ['0x', '0x'],
  ['true', '"true"'],
  ['null', '"null"'],
  ['~', '"~"'],
  ['2024-01-02', '"2024-01-02"'],
  ['2024-13-02', '2024-13-02'],
  ['y', "'y'"],
  ['Off', "'Off'"],
  ['<<', "'<<'"],
  ['1:30', "'1:30'"],
  ['80:80', '80:80'],
  ['a: b', "'a: b'"],
  ['a:b', 'a:b'],
  ['a #b', "'a #b'"],
  ['a#b', 'a#b'],
  ['-', "'-'"],
  ['-x', '-x'],
  ['- x', "'- x'"],
  ['?x', '?x'],
  ['*x', "'*x'"],
  ["it's", "it's"],
  ["'q'", "'''q'''"],
  [' lead', "' lead'"],
  ['trail ', "'trail '"],
  ['a\tb', '"a\\tb"'],
  ['\u00e9', '\u00e9'],
  ['\u{1f600}', '"\\U0001F600"'],
  ['\r', '"\\r"'],
  ['---', "'---'"],
  ['---x', "'---x'"],
])('writes %j as %s', (text, written) => {
  expect(yamlText(new Map([['k', text]]))).toBe(`k: ${written}\n`);
});

test.each<[string, string]>([
  ['a\nb', 'k: |-\n  a\n  b\n'],
  ['a\nb\n', 'k: |\n  a\n  b\n'],
  ['a\n\n', 'k: |+\n  a\n\n'],
  ['a\n\nb', 'k: |-\n  a\n\n  b\n'],
  ['  a\nb', 'k: |2-\n    a\n  b\n'],
  ['\n  a', 'k: |2-\n\n    a\n'],
  ['a\t\nb', 'k: |-\n  a\t\n  b\n'],
  ['a \nb', 'k: "a \\nb"\n'],
  ['\n', 'k: "\\n"\n'],
])('writes lines %j as a block where it can', (text, written) => {
  expect(yamlText(new Map([['k', text]]))).toBe(written);
});

test.each([
  [`${'word '.repeat(20)}end`, `k: ${'word '.repeat(15)}word\n  word word word word end\n`],
  [`${'x'.repeat(90)} y`, `k: ${'x'.repeat(90)}\n  y\n`],
  [`${'x'.repeat(90)}  y`, `k: ${'x'.repeat(90)}  y\n`],
  [`#${'x'.repeat(90)} it's`, `k: '#${'x'.repeat(90)}\n  it''s'\n`],
  [`\t${'x'.repeat(90)}  y`, `k: "\\t${'x'.repeat(90)}\n  \\ y"\n`],
])('folds %j', (text, written) => {
  expect(yamlText(new Map([['k', text]]))).toBe(written);
});

it('does not fold keys', () => {
  const key = `${'x'.repeat(90)} y`;
  expect(yamlText(new Map([[key, 1]]))).toBe(`${key}: 1\n`);
});

describe('collections', () => {
  it('are nested with two spaces, lists inside their key', () => {
    const map = (...entries: [string, Rendered][]): Rendered => new Map(entries);
    const written = yamlText(
      map(
        ['a', map(['b', ['x', map(['c', 1], ['d', []])]], ['e', map()])],
        ['f', [['g', 'h'], map(['i', null])]],
      ),
    );
    expect(written).toBe(
      'a:\n  b:\n    - x\n    - c: 1\n      d: []\n  e: {}\nf:\n  - - g\n    - h\n  - i: null\n',
    );
  });

  it('have keys that cannot stand on one line marked as such', () => {
    const long = 'k'.repeat(129);
    expect(yamlText(new Map([[long, 'v']]))).toBe(`? ${long}\n: v\n`);
  });

  it('hold numbers as Go prints them', () => {
    const numbers = [1e6, new Float(1e6, 64), new Float(0.1, 32), new Float(1.5, 64), 2n ** 64n];
    expect(yamlText([...numbers, new Timestamp('2024-01-02T00:00:00Z')])).toBe(
      '- 1000000\n- 1e+06\n- 0.1\n- 1.5\n- 18446744073709551616\n- 2024-01-02T00:00:00Z\n',
    );
  });
});

it('reads back what it writes, whatever the texts', () => {
  const unit = fc.constantFrom(
    ...Array.from('aZ019 \n\t-:#\'"\\[]{}?!&*|>%@`,._+ex~=/$<\r\u00e9\u0085\u00a0\u2028\u{1f600}'),
  );
  const text = fc.oneof(
    fc.string({ unit, maxLength: 8 }),
    fc.string({ unit, minLength: 75, maxLength: 100 }),
    fc
      .array(fc.constantFrom('a', 'b ', ' ', '"', "'", '#', '\t'), {
        minLength: 80,
        maxLength: 100,
      })
      .map((parts) => parts.join('')),
    fc.constantFrom('true', 'Null', 'yes', '<<', '0x1F', '1:30', '2024-01-02', '.inf', '---', ''),
  );
  const back = (node: Node): unknown => {
    if (node.kind === 'seq') return node.items.map(back);
    if (node.kind === 'map') return [...node.entries].map(([key, { value }]) => [key, back(value)]);
    return node.type === 'str' ? node.value : node;
  };
  fc.assert(
    fc.property(fc.array(fc.tuple(text, text), { maxLength: 4 }), (pairs) => {
      const written = yamlText(
        new Map([['top', new Map<string, Rendered>(pairs.map(([key, value]) => [key, [value]]))]]),
      );
      const read = tree(written);
      const wanted = [...new Map(pairs)].map(([key, value]) => [key, [value]]);
      expect(back(read)).toEqual([['top', wanted]]);
    }),
  );
});
