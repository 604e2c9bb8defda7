import fc from 'fast-check';
import { expect, it } from 'vitest';

import { keyOrder } from '../../../src/compose/key-order.ts';
import type { Style } from '../../../src/compose/rendered.ts';

it('YAML keys go by the value of numbers in them, letters last', () => {
  const keys = ['a10', 'a2', 'a', 'B', 'b', '_c', '1', '10', '9', 'a1b', 'a01', 'a.b', 'ab', 'a-b'];
  expect(keys.toSorted(keyOrder('yaml'))).toEqual([
    '_c',
    '1',
    '9',
    '10',
    'B',
    'a',
    'a-b',
    'a.b',
    'a1b',
    'a01',
    'a2',
    'a10',
    'ab',
    'b',
  ]);
});

it('JSON keys go by bytes, also beyond the basic plane', () => {
  const keys = ['a10', 'a2', 'B', '\u{1f600}', '\uffee', 'a'];
  const byUtf8 = keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  expect(keys.toSorted(keyOrder('json'))).toEqual(byUtf8);
});

it('both orders tell different keys apart in either direction', () => {
  const key = fc.string({ unit: fc.constantFrom('a', 'B', '0', '1', '9', '_', '.', '\u00e9') });
  fc.assert(
    fc.property(key, key, fc.constantFrom<Style>('yaml', 'json'), (a, b, style) => {
      const order = keyOrder(style);
      expect(Math.sign(order(a, b))).toBe(-Math.sign(order(b, a)) + 0);
      expect(order(a, b) === 0).toBe(a === b);
    }),
  );
});
