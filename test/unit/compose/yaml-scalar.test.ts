import { expect, test } from 'vitest';

import { resolvePlain } from '../../../src/compose/yaml-scalar.ts';

test.each([
  ['0440', 'int', 288],
  ['0o17', 'int', 15],
  ['0x1F', 'int', 31],
  ['0b11', 'int', 3],
  ['-0b11', 'int', -3],
  ['1_000', 'int', 1000],
  ['+12', 'int', 12],
  ['-0', 'float', -0],
  ['0888', 'float', 888],
  ['12345678901234567890', 'int', 12345678901234567890n],
  ['-9223372036854775808', 'int', -9223372036854775808n],
  ['18446744073709551616', 'float', 18446744073709551616],
  ['1e3', 'float', 1000],
  ['1e400', 'str', '1e400'],
  ['.5', 'float', 0.5],
  ['.inf', 'float', Infinity],
  ['-.INF', 'float', -Infinity],
  ['true', 'bool', true],
  ['FALSE', 'bool', false],
  ['tRUE', 'str', 'tRUE'],
  ['yes', 'str', 'yes'],
  ['on', 'str', 'on'],
  ['n', 'str', 'n'],
  ['', 'null', null],
  ['~', 'null', null],
  ['NULL', 'null', null],
  ['1:30', 'str', '1:30'],
  ['1.2.3', 'str', '1.2.3'],
  ['2024-01-01', 'timestamp', '2024-01-01T00:00:00Z'],
  ['2024-1-2 3:04:05.60', 'timestamp', '2024-01-02T03:04:05.6Z'],
  ['2001-12-14t21:59:43.10-05:00', 'timestamp', '2001-12-14T21:59:43.1-05:00'],
  ['2023-02-29', 'str', '2023-02-29'],
  ['2024-01-01T00:00:00', 'str', '2024-01-01T00:00:00'],
  ['2024-01-01 00:00:00Z', 'str', '2024-01-01 00:00:00Z'],
])('plain %s is %s %s', (text, type, value) => {
  expect(resolvePlain(text)).toEqual({ type, value });
});
