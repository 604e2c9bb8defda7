import fc from 'fast-check';
import { expect, it } from 'vitest';

import { jsonText } from '../../../src/compose/json-text.ts';
import type { Rendered } from '../../../src/compose/rendered.ts';
import { Float } from '../../../src/compose/rendered.ts';

it('escapes what could end a script and writes floats by their size', () => {
  const value = new Map([
    ['<&>', ['\u2028', 'a"b\n', new Float(0.1, 32), new Float(1e-7, 64), new Float(1e21, 64)]],
  ]);
  expect(jsonText(value)).toBe('{"\\u003c\\u0026\\u003e":["\\u2028","a\\"b\\n",0.1,1e-7,1e+21]}');
});

it('indents everything that has content', () => {
  const value = new Map<string, Rendered>([
    ['a', new Map([['b', [1, null]]])],
    ['c', new Map()],
    ['d', []],
  ]);
  expect(jsonText(value, '  ')).toBe(
    JSON.stringify({ a: { b: [1, null] }, c: {}, d: [] }, null, 2),
  );
});

it('is JSON for any text', () => {
  const unit = fc.constantFrom(
    ...Array.from('a"\\/<>&\0\x07\b\f\n\r\t\x1f\x7f\u00e9\u2028\u2029\ufeff\u{1f600}'),
  );
  fc.assert(
    fc.property(fc.string({ unit }), (text) => {
      expect(JSON.parse(jsonText([text]))).toEqual([text]);
    }),
  );
});
