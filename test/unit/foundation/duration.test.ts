import fc from 'fast-check';
import { expect, it, test } from 'vitest';

import { formatDuration, parseDuration } from '../../../src/foundation/duration.ts';

test.each([
  ['1h30m', '1h30m0s'],
  ['1.5s', '1.5s'],
  ['90s', '1m30s'],
  ['2w1d', '360h0m0s'],
  ['-10ms', '-10ms'],
  ['1us', '1µs'],
  ['1.25ms', '1.25ms'],
  ['.5m', '30s'],
  ['0', '0s'],
  ['100ns', '100ns'],
])('reads %s and prints %s', (text, printed) => {
  const parsed = parseDuration(text);
  expect(parsed.ok && formatDuration(parsed.nanoseconds)).toBe(printed);
});

test.each([
  ['', 'time: invalid duration ""'],
  ['-', 'time: invalid duration "-"'],
  ['10', 'time: missing unit in duration "10"'],
  ['1h5', 'time: missing unit in duration "1h5"'],
  ['10q', 'time: unknown unit "q" in duration "10q"'],
  ['.s', 'time: invalid duration ".s"'],
  ['9999999w', 'time: invalid duration "9999999w"'],
])('refuses "%s"', (text, fault) => {
  expect(parseDuration(text)).toEqual({ ok: false, fault });
});

it('reads what it prints', () => {
  fc.assert(
    fc.property(fc.integer({ min: -(10 ** 15), max: 10 ** 15 }), (nanoseconds) => {
      expect(parseDuration(formatDuration(nanoseconds))).toEqual({ ok: true, nanoseconds });
    }),
  );
});
