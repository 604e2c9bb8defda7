/** The time zone of whoever reads the output; moments are milliseconds since the epoch. */
export interface TimeZone {
  /** Minutes by which its clocks are ahead of UTC. */
  readonly offset: (milliseconds: number) => number;
  /** What it is called at that moment: `CET`, `CEST`, `+05`. */
  readonly name: (milliseconds: number) => string;
}

/** A moment as clocks of a zone show it. */
export interface LocalTime {
  /** `2026-01-31` */
  readonly date: string;
  /** `23:59:59` */
  readonly time: string;
  /** Nine digits. */
  readonly fraction: string;
  /** `Z` or `+01:00`. */
  readonly zone: string;
}

/** Splits nanoseconds since the epoch into what clocks of a zone show. */
export function localTime(nanoseconds: bigint, offset: TimeZone['offset']): LocalTime {
  const milliseconds = Number(nanoseconds / 1_000_000n);
  const minutes = offset(milliseconds);
  const [date = '', time = ''] = new Date(milliseconds + minutes * 60_000).toISOString().split('T');
  return {
    date,
    time: time.slice(0, 8),
    fraction: String(nanoseconds % 1_000_000_000n).padStart(9, '0'),
    zone: minutes === 0 ? 'Z' : offsetText(minutes, ':'),
  };
}

/** A moment in seconds since the epoch as Go prints it: `2026-11-20 23:16:00 +0100 CET`. */
export function goTime(seconds: number, { offset, name }: TimeZone): string {
  const { date, time } = localTime(BigInt(seconds) * 1_000_000_000n, offset);
  const milliseconds = seconds * 1000;
  return `${date} ${time} ${offsetText(offset(milliseconds), '')} ${name(milliseconds)}`;
}

/** `+01:00`, or what else stands between hours and minutes. */
export function offsetText(minutes: number, between: string): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}${between}${two(size % 60)}`;
}
