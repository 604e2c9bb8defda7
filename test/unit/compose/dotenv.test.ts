import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { parseDotenv } from '../../../src/compose/dotenv.ts';
import type { ParsedEnvFile } from '../../../src/compose/dotenv.ts';
import { parseEnvFile } from '../../../src/compose/env-file.ts';
import { lineColumn } from '../../../src/compose/source.ts';

const outside: Record<string, string> = { OUT: 'outside', BARE: 'inherited' };
const lookup = (name: string): string | undefined => outside[name];

function parse(text: string): ParsedEnvFile {
  return parseDotenv({ path: '/p/.env', text }, lookup);
}

describe('one statement', () => {
  test.each([
    ['KEY=', { KEY: '' }],
    ['KEY=v', { KEY: 'v' }],
    ['KEY = v ', { KEY: 'v' }],
    ['KEY: v', { KEY: 'v' }],
    ['export KEY=v', { KEY: 'v' }],
    ['\uFEFFKEY=v', { KEY: 'v' }],
    ['1.a-b[0]=v', { '1.a-b[0]': 'v' }],
    ['clé=v', { clé: 'v' }],
    ['KEY=a b # c', { KEY: 'a b' }],
    ['KEY=a#b', { KEY: 'a#b' }],
    ['KEY= #c', { KEY: '#c' }],
    ['KEY=a\\nb', { KEY: 'a\\nb' }],
    ['KEY=v\r\n', { KEY: 'v' }],
    ['BARE\n', { BARE: 'inherited' }],
    ['BARE', { BARE: 'inherited' }],
    ['NOWHERE\n', {}],
    ["KEY='a $OUT \\n'", { KEY: 'a $OUT \\n' }],
    ["KEY='it\\'s'", { KEY: "it's" }],
    ["KEY='two\nlines'", { KEY: 'two\nlines' }],
    ['KEY="two\nlines"', { KEY: 'two\nlines' }],
    ['KEY="a\\tb\\\\ \\"q\\""', { KEY: 'a\tb\\ "q"' }],
    ['KEY="\\$OUT $$OUT"', { KEY: '$OUT $OUT' }],
    ['KEY="\\0101 \\0 \\c"', { KEY: 'A \\ \\c' }],
    ['KEY="${NO:-d} $OUT"', { KEY: 'd outside' }],
    ['KEY="a"B=2', { KEY: 'a', B: '2' }],
    ['KEY="a" # c\nB=2', { KEY: 'a', B: '2' }],
    ['# c\n\n  A=1\nB=$A${OUT}', { A: '1', B: '1outside' }],
    ['OUT=own\nB=$OUT', { OUT: 'own', B: 'outside' }],
  ])('%j', (text, expected) => {
    const { variables, diagnostics } = parse(text);
    expect(Object.fromEntries(variables)).toEqual(expected);
    expect(diagnostics).toEqual([]);
  });
});

test('variables of earlier files are known', () => {
  const file = { path: '/p/b.env', text: 'B=$A' };
  const { variables } = parseDotenv(file, lookup, new Map([['A', 'earlier']]));
  expect([...variables]).toEqual([['B', 'earlier']]);
});

describe('faults', () => {
  test.each([
    ['A B=1', 'line 1: key cannot contain a space', [1, 1]],
    ['A=1\n$B=2', 'line 2: unexpected character "$" in variable name "$B=2"', [2, 1]],
    ['A=1\nB="x\ny', 'line 2: unterminated quoted value "x', [2, 3]],
    ['A=${', 'Invalid template: "${"', [1, 3]],
    ['A=${B?need $OUT}', 'required variable B is missing a value: need outside', [1, 3]],
    ['export ', 'line 1: zero length string: a name must follow export', [1, 8]],
  ])('%j', (text, message, [line, column]) => {
    const { diagnostics } = parse(text);
    expect(diagnostics.map((fault) => fault.message)).toEqual([message]);
    const span = diagnostics[0]?.span;
    expect(span && lineColumn(span.file, span.start)).toEqual({ line, column });
  });

  test('every faulty line is reported and the others are read', () => {
    const { variables, diagnostics } = parse('A B=1\nC=2\n%=3\nD=4');
    expect(diagnostics.map((fault) => fault.code)).toEqual([
      'env-file/key-space',
      'env-file/key-character',
    ]);
    expect([...variables.keys()]).toEqual(['C', 'D']);
  });

  test('an unset variable is a warning', () => {
    expect(parse('A=$NO').diagnostics).toMatchObject([
      {
        severity: 'warning',
        message: 'The "NO" variable is not set. Defaulting to a blank string.',
      },
    ]);
  });
});

test('never throws, and what is written with single quotes is read back', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (noise, value) => {
      parse(noise);
      const quoted = value.replace(/[\\']/g, '');
      expect(parse(`K='${quoted}'`).variables.get('K')).toBe(quoted);
    }),
  );
});

describe('formats', () => {
  const read = (text: string, format: string): ParsedEnvFile =>
    parseEnvFile({ path: '/p/x', text }, { format, lookup });

  test('raw takes lines as they are', () => {
    const text = '# c\n A="q" $OUT \r\nB\nBARE\nC==\n';
    expect(Object.fromEntries(read(text, 'raw').variables)).toEqual({
      A: '"q" $OUT ',
      BARE: 'inherited',
      C: '=',
    });
  });

  test('raw refuses lines without a name and names with white space', () => {
    expect(read('=x\nA B=1', 'raw').diagnostics.map(({ message }) => message)).toEqual([
      "failed to parse env_file: no variable name on line '=x'",
      "failed to parse env_file: variable 'A B' contains whitespaces",
    ]);
  });

  test('an unknown format is refused', () => {
    expect(read('A=1', 'ini').diagnostics).toMatchObject([
      { message: 'unsupported env_file format "ini"' },
    ]);
  });
});
