import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { substitute } from '../../../src/compose/substitute.ts';

const values: Record<string, string> = { A: 'a', EMPTY: '', HOST_1: 'h', low: 'er' };
const lookup = (name: string): string | undefined => values[name];

describe('what a template becomes', () => {
  test.each([
    ['plain', 'plain'],
    ['$A', 'a'],
    ['${A}', 'a'],
    ['x${A}y$A.z', 'xaya.z'],
    ['$low$HOST_1', 'erh'],
    ['${U-d}', 'd'],
    ['${EMPTY-d}', ''],
    ['${EMPTY:-d}', 'd'],
    ['${U:-}', ''],
    ['${A+alt}', 'alt'],
    ['${EMPTY+alt}', 'alt'],
    ['${EMPTY:+alt}', ''],
    ['${U+alt}', ''],
    ['${A:?m}', 'a'],
    ['${EMPTY?m}', ''],
    ['${U:-${W:-deep}}', 'deep'],
    ['${U:-${A}}', 'a'],
    ['${U:-a}b}', 'ab}'],
    ['${U:-{"x":1}}', '{"x":1}'],
    ['${U:-a} and ${W:-b}', 'a and b'],
    ['${U:-a:?b}', 'a:?b'],
    ['$$A', '$A'],
    ['$${A}', '${A}'],
    ['$$$A', '$a'],
    ['$', '$'],
    ['$1', '$1'],
    ['a $. b$', 'a $. b$'],
    ['${U:-{}}', '{}'],
  ])('%s gives %s', (template, expected) => {
    const result = substitute(template, lookup);
    expect(result.text).toBe(expected);
    expect(result.faults).toEqual([]);
  });

  test.each([
    '${',
    '${}',
    '${ A}',
    '${A!x}',
    '${A:x}',
    '${1}',
    '${A.b}',
    '${A//x/y}',
    '${#A}',
    '${A:-x\ny}',
  ])('%j is refused', (template) => {
    const { faults } = substitute(`pre ${template}`, lookup);
    expect(faults).toMatchObject([{ kind: 'invalid', subject: `pre ${template}`, start: 4 }]);
  });
});

describe('faults and warnings', () => {
  test('a required variable that is missing is reported with its substituted reason', () => {
    expect(substitute('x ${U:?set $A} y', lookup).faults).toEqual([
      { kind: 'required', subject: 'U', reason: 'set a', start: 2, end: 14 },
    ]);
  });

  test('an unset variable is noted with its place, also behind a default', () => {
    expect(substitute('${EMPTY:-x${U}} $V', lookup).unset).toEqual([
      { name: 'U', start: 10, end: 14 },
      { name: 'V', start: 16, end: 18 },
    ]);
  });

  test('defaults that are not used are not evaluated', () => {
    const result = substitute('${A:-${U:?no}} ${U:+$V}', lookup);
    expect(result).toEqual({ text: 'a ', faults: [], unset: [] });
  });

  test('a fault in a nested template names the nested part', () => {
    expect(substitute('${U:-x${}}', lookup).faults).toMatchObject([{ subject: 'x${}', start: 6 }]);
  });
});

test('never throws, and text without dollars is left alone', () => {
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom('$', '{', '}', 'A', 'U', ':', '-', '+', '?', 'é', '\n', '$$')),
      (parts) => {
        const template = parts.join('');
        const { text } = substitute(template, lookup);
        if (!template.includes('$')) expect(text).toBe(template);
      },
    ),
  );
});

test('doubling every dollar keeps any text', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(substitute(text.replaceAll('$', '$$$$'), lookup).text).toBe(text);
    }),
  );
});
