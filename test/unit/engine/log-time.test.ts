import { describe, expect, it } from 'vitest';
import { engineTime, parseLogTime } from '../../../src/engine/logs/log-time.ts';

const NOW = Date.UTC(2024, 4, 17, 12, 0, 0, 500);
const at = (...parts: [number, number, number, number?, number?, number?]): string =>
  `${new Date(...parts).getTime() / 1000}.000000000`;

describe('times of --since and --until', () => {
  it.each([
    ['10m', String(Date.UTC(2024, 4, 17, 11, 50) / 1000)],
    ['1h30m', String(Date.UTC(2024, 4, 17, 10, 30) / 1000)],
    ['1.5h', String(Date.UTC(2024, 4, 17, 10, 30) / 1000)],
    ['2d', String(Date.UTC(2024, 4, 15, 12) / 1000)],
    ['0', String(Date.UTC(2024, 4, 17, 12) / 1000)],
    ['-10m', String(Date.UTC(2024, 4, 17, 12, 10) / 1000)],
    ['600ms', String(Date.UTC(2024, 4, 17, 11, 59, 59) / 1000)],
    ['1136073600', '1136073600'],
    ['1136073600.000000001', '1136073600.000000001'],
    ['2006-01-02T15:04:05Z', '1136214245.000000000'],
    ['2006-01-02T15:04:05.999999999Z', '1136214245.999999999'],
    ['2006-01-02T15:04:05.5+07:00', '1136189045.500000000'],
    ['2006-01-02T15:04:05-07:00', '1136239445.000000000'],
    ['2006-01-02T15:04Z', '1136214240.000000000'],
    ['2006-01-02Z', '1136160000.000000000'],
    ['2006-01-02', at(2006, 0, 2)],
    ['2006-01-02T15', at(2006, 0, 2, 15)],
    ['2006-01-02T15:04', at(2006, 0, 2, 15, 4)],
    ['2006-01-02T15:04:05', at(2006, 0, 2, 15, 4, 5)],
  ])('%s is %s for the engine', (value, wanted) => {
    expect(parseLogTime(value, NOW)).toEqual({ ok: true, value: wanted });
  });

  it.each(['', 'yesterday', '10', '10x', '2006-13-01', '2006-01-02T25', '2006-01-02T15:04:05X'])(
    'refuses %j or takes it as seconds',
    (value) => {
      const result = parseLogTime(value, NOW);
      if (/^\d+$/.test(value)) expect(result).toEqual({ ok: true, value });
      else expect(result).toMatchObject({ ok: false, error: expect.stringContaining('as time') });
    },
  );

  it('gives engine times back with all their digits, and none for "never"', () => {
    expect(engineTime('2024-05-17T12:00:00.123456789Z')).toBe('1715947200.123456789');
    expect(engineTime('0001-01-01T00:00:00Z')).toBeUndefined();
  });
});
