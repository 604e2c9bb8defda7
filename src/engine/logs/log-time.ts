import { fail, ok, type Result } from '../../foundation/result.ts';

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const DURATION = /^[-+]?(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d|w))+$|^[-+]?0$/;
const DATE = /^(\d{4})-(\d\d)-(\d\d)/;
const TIME = /^T(\d\d)(?::(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?/;
const ZONE = /^(?:[zZ]|([-+])(\d\d):(\d\d))$/;

/**
 * Reads what `--since` and `--until` take, as docker does: a span before `now` (`10m`, `1h30m`, also
 * `2d`), a date or time (local unless it has a zone), or seconds since the epoch.
 *
 * @param now milliseconds since the epoch
 * @returns what the engine takes: seconds since the epoch, with a fraction where there is one
 */
export function parseLogTime(value: string, now: number): Result<string, string> {
  if (DURATION.test(value)) return ok(String(Math.floor((now - durationOf(value)) / 1000)));
  if (/^-?\d+(?:\.\d{1,9})?$/.test(value)) return ok(value);
  const parsed = parseDate(value);
  return parsed === undefined
    ? fail(`failed to parse value as time or duration: ${JSON.stringify(value)}`)
    : ok(parsed);
}

/** An engine's timestamp (RFC 3339 with nanoseconds) as it takes it back in `since`; undefined for none. */
export function engineTime(timestamp: string): string | undefined {
  return timestamp.startsWith('0001-') ? undefined : parseDate(timestamp);
}

function durationOf(value: string): number {
  let total = 0;
  for (const [, number, unit] of value.matchAll(/(\d+\.?\d*|\.\d+)([a-zµμ]+)/g)) {
    total += Number(number) * (UNITS[unit ?? ''] ?? 0);
  }
  return value.startsWith('-') ? -total : total;
}

function parseDate(value: string): string | undefined {
  const date = DATE.exec(value);
  if (date === null) return undefined;
  let rest = value.slice(date[0].length);
  const time = TIME.exec(rest);
  rest = rest.slice(time?.[0].length ?? 0);
  const zone = ZONE.exec(rest);
  if (rest !== '' && zone === null) return undefined;

  const [year, month, day] = [Number(date[1]), Number(date[2]), Number(date[3])];
  const [hour, minute, second] = [1, 2, 3].map((group) => Number(time?.[group] ?? 0)) as [
    number,
    number,
    number,
  ];
  const real = new Date(Date.UTC(year, month - 1, day));
  if (real.getUTCMonth() !== month - 1 || hour > 23 || minute > 59 || second > 59) return undefined;

  const milliseconds =
    zone === null
      ? new Date(year, month - 1, day, hour, minute, second).getTime()
      : Date.UTC(year, month - 1, day, hour, minute, second) - offsetOf(zone);
  return `${milliseconds / 1000}.${(time?.[4] ?? '').padEnd(9, '0')}`;
}

function offsetOf(zone: RegExpExecArray): number {
  if (zone[1] === undefined) return 0;
  const minutes = Number(zone[2]) * 60 + Number(zone[3]);
  return (zone[1] === '-' ? -minutes : minutes) * 60_000;
}
