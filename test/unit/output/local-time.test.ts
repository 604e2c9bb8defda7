import { describe, expect, test } from 'vitest';
import { goTime, localTime } from '../../../src/output/local-time.ts';
import { zoneName } from '../../../src/output/zone-name.ts';

describe('a moment is shown as Go shows it', () => {
  test.each([
    [0, 'UTC', '2026-11-18 11:06:40 +0000 UTC'],
    [60, 'CET', '2026-11-18 12:06:40 +0100 CET'],
    [330, 'IST', '2026-11-18 16:36:40 +0530 IST'],
    [-210, 'NST', '2026-11-18 07:36:40 -0330 NST'],
    [-720, '-12', '2026-11-17 23:06:40 -1200 -12'],
  ])('%i minutes ahead of UTC', (minutes, name, expected) => {
    expect(goTime(1_795_000_000, { offset: () => minutes, name: () => name })).toBe(expected);
  });

  test('and in the form of RFC 3339, with Z for UTC', () => {
    const moment = 1_795_000_000_123_456_789n;
    expect(localTime(moment, () => 0)).toMatchObject({ fraction: '123456789', zone: 'Z' });
    expect(localTime(moment, () => -210)).toMatchObject({ time: '07:36:40', zone: '-03:30' });
  });
});

interface Zone {
  readonly transitions: readonly (readonly [seconds: number, type: number])[];
  readonly types: readonly (readonly [seconds: number, letter: number])[];
  readonly letters: string;
}

/** One part of a file of RFC 9636. */
function part({ transitions, types, letters }: Zone, width: 4 | 8): Buffer {
  const head = Buffer.alloc(44);
  head.write('TZif2');
  for (const [at, count] of [
    [32, transitions.length],
    [36, types.length],
    [40, letters.length],
  ] as const) {
    head.writeUInt32BE(count, at);
  }
  const times = transitions.map(([seconds]) => {
    const time = Buffer.alloc(width);
    if (width === 8) time.writeBigInt64BE(BigInt(seconds));
    else time.writeInt32BE(seconds);
    return time;
  });
  const records = types.map(([seconds, letter]) => {
    const record = Buffer.alloc(6);
    record.writeInt32BE(seconds);
    record.writeUInt8(letter, 5);
    return record;
  });
  const numbers = Buffer.from(transitions.map(([, type]) => type));
  return Buffer.concat([head, ...times, numbers, ...records, Buffer.from(letters)]);
}

/** Berlin until 2010, with the rule for what follows. */
const berlin: Zone = {
  transitions: [
    [1_238_288_400, 1],
    [1_256_432_400, 0],
  ],
  types: [
    [3600, 0],
    [7200, 4],
  ],
  letters: 'CET\0CEST\0',
};

function file(zone: Zone, rule: string): Buffer {
  return Buffer.concat([part(zone, 4), part(zone, 8), Buffer.from(`\n${rule}\n`)]);
}

describe('what a zone is called stands in its file', () => {
  const whole = file(berlin, 'CET-1CEST,M3.5.0,M10.5.0/3');
  const odd = file({ ...berlin, transitions: [] }, '<+1245>-12:45<+1345>,M9.5.0/2:45,M4.1.0/3:45');
  const west = file({ ...berlin, transitions: [] }, '<-03>3');

  test.each([
    ['before a listed change', whole, { seconds: 1_238_288_399, offset: 60 }, 'CET'],
    ['from a listed change on', whole, { seconds: 1_238_288_400, offset: 120 }, 'CEST'],
    ['after the last change in winter', whole, { seconds: 1_795_000_000, offset: 60 }, 'CET'],
    ['after the last change in summer', whole, { seconds: 1_785_000_000, offset: 120 }, 'CEST'],
    ['by a rule with minutes', odd, { seconds: 1_785_000_000, offset: 765 }, '+1245'],
    ['by the summer of such a rule', odd, { seconds: 1_795_000_000, offset: 825 }, '+1345'],
    ['by a rule west of Greenwich', west, { seconds: 1_795_000_000, offset: -180 }, '-03'],
    [
      'not for an offset that it does not have',
      west,
      { seconds: 1_795_000_000, offset: 0 },
      undefined,
    ],
    [
      'in an old file without a rule',
      part(berlin, 4).fill(0, 4, 5),
      { seconds: 1_250_000_000, offset: 120 },
      'CEST',
    ],
    ['not in another file', Buffer.from('hello'.repeat(20)), { seconds: 0, offset: 0 }, undefined],
    [
      'not in a file that was cut off early',
      whole.subarray(0, 60),
      { seconds: 0, offset: 60 },
      undefined,
    ],
    [
      'not in a file that was cut off late',
      whole.subarray(0, 140),
      { seconds: 0, offset: 60 },
      undefined,
    ],
  ])('%s', (_name, content, moment, expected) => {
    expect(zoneName(content, moment)).toBe(expected);
  });
});
