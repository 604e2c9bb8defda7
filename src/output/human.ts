/**
 * A span of time in words, as docker's tables give it (`Less than a second`, `About a minute`,
 * `3 hours`, `2 weeks`).
 *
 * @param seconds how long; fractions are dropped
 */
export function humanDuration(seconds: number): string {
  const whole = Math.trunc(seconds);
  if (whole < 1) return 'Less than a second';
  if (whole === 1) return '1 second';
  if (whole < 60) return `${whole} seconds`;
  const minutes = Math.trunc(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(seconds / 3600);
  if (hours === 1) return 'About an hour';
  if (hours < 48) return `${hours} hours`;
  if (hours < 24 * 7 * 2) return `${Math.trunc(hours / 24)} days`;
  if (hours < 24 * 30 * 2) return `${Math.trunc(hours / 24 / 7)} weeks`;
  if (hours < 24 * 365 * 2) return `${Math.trunc(hours / 24 / 30)} months`;
  return `${Math.trunc(seconds / 3600 / 24 / 365)} years`;
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

const BINARY_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** A size with binary units and four significant digits (`23.54GiB`). */
export function binarySize(bytes: number): string {
  return scaled(bytes, { base: 1024, units: BINARY_UNITS, digits: 4 });
}

/** A size with decimal units and `digits` significant digits (`21.5MB`). */
export function humanSize(bytes: number, digits = 4): string {
  return scaled(bytes, { base: 1000, units: UNITS, digits });
}

interface Scale {
  readonly base: number;
  readonly units: readonly string[];
  readonly digits: number;
}

function scaled(bytes: number, { base, units, digits }: Scale): string {
  let value = bytes;
  let unit = 0;
  while (value >= base && unit < units.length - 1) {
    value /= base;
    unit += 1;
  }
  return `${Number(value.toPrecision(digits))}${units[unit] ?? ''}`;
}

/** Cuts a text to `length` characters, the last of which says that it was cut. */
export function ellipsis(text: string, length: number): string {
  const characters = Array.from(text);
  return characters.length > length ? `${characters.slice(0, length - 1).join('')}…` : text;
}
