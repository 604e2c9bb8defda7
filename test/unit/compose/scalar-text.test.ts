import fc from 'fast-check';
import { expect, test } from 'vitest';

import { goFloat32, goFloat64, jsonFloat32, scalarText } from '../../../src/compose/scalar-text.ts';
import { resolvePlain } from '../../../src/compose/yaml-scalar.ts';

const span = { file: { path: '/p/x', text: '' }, start: 0, end: 0 };

test.each([
  ['1.0', '1'],
  ['1.10', '1.1'],
  ['1000000.5', '1.0000005e+06'],
  ['100000.0', '100000'],
  ['1e6', '1e+06'],
  ['1e21', '1e+21'],
  ['0.0001', '0.0001'],
  ['0.00001', '1e-05'],
  ['-0', '-0'],
  ['.inf', '+Inf'],
  ['-.inf', '-Inf'],
  ['.nan', 'NaN'],
  ['12345678901234567890', '12345678901234567890'],
  ['0440', '288'],
  ['true', 'true'],
  ['~', '<nil>'],
  ['2024-01-01', '2024-01-01 00:00:00 +0000 UTC'],
  ['2001-12-14t21:59:43.10-05:00', '2001-12-14 21:59:43.1 -0500 -0500'],
])('%s prints as %s', (written, expected) => {
  expect(scalarText({ kind: 'scalar', span, ...resolvePlain(written) })).toBe(expected);
});

test.each([
  [0.1, '0.1', '0.1'],
  [16777216, '1.6777216e+07', '16777216'],
  [1e-7, '1e-07', '1e-7'],
  [3.4e38, '3.4e+38', '3.4e+38'],
  [0, '0', '0'],
])('as a 32-bit float %d prints as %s, in JSON as %s', (value, text, json) => {
  expect(goFloat32(value)).toBe(text);
  expect(jsonFloat32(value)).toBe(json);
});

test('the text of a float reads back as the same float', () => {
  fc.assert(
    fc.property(
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.float(),
      (double, float) => {
        expect(Number(goFloat64(double))).toBe(double);
        if (Number.isFinite(float)) expect(Math.fround(Number(goFloat32(float)))).toBe(float);
      },
    ),
  );
});
