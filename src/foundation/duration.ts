/** Lengths of units in nanoseconds. Weeks and days are fixed lengths. */
const UNITS: Readonly<Record<string, bigint>> = {
  w: 604_800_000_000_000n,
  d: 86_400_000_000_000n,
  h: 3_600_000_000_000n,
  m: 60_000_000_000n,
  s: 1_000_000_000n,
  ms: 1_000_000n,
  us: 1_000n,
  '\u00b5s': 1_000n,
  '\u03bcs': 1_000n,
  ns: 1n,
};
/** The longest span: 2^63 - 1 nanoseconds. */
const LONGEST = 9_223_372_036_854_775_807n;

export type ParsedDuration =
  | { readonly ok: true; readonly nanoseconds: number }
  | { readonly ok: false; readonly fault: string };

/**
 * A duration as Go writes them, with weeks and days besides: `1h30m`, `1.5s`, `2w3d`, `-10ms`, `0`.
 * Faults are worded as Go's time package words them.
 */
export function parseDuration(text: string): ParsedDuration {
  const invalid: ParsedDuration = { ok: false, fault: `time: invalid duration "${text}"` };
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  let rest = text.slice(sign.length);
  if (rest === '0') return { ok: true, nanoseconds: 0 };
  if (rest === '') return invalid;
  let total = 0n;
  while (rest !== '') {
    const number = /^(\d*)(?:\.(\d*))?/.exec(rest);
    const [written = '', whole = '', fraction = ''] = number ?? [];
    if (whole === '' && fraction === '') return invalid;
    rest = rest.slice(written.length);
    const unit = /^[^.\d]*/.exec(rest)?.[0] ?? '';
    if (unit === '') return { ok: false, fault: `time: missing unit in duration "${text}"` };
    const length = Object.hasOwn(UNITS, unit) ? UNITS[unit] : undefined;
    if (length === undefined) {
      return { ok: false, fault: `time: unknown unit "${unit}" in duration "${text}"` };
    }
    total += BigInt(whole === '' ? '0' : whole) * length + part(fraction, length);
    if (total > LONGEST) return invalid;
    rest = rest.slice(unit.length);
  }
  return { ok: true, nanoseconds: Number(sign === '-' ? -total : total) };
}

/** The fraction of a unit that the digits after the point stand for, rounded as the reference does. */
function part(digits: string, unit: bigint): bigint {
  return BigInt(Math.trunc(Number(digits) * (Number(unit) / 10 ** digits.length)));
}

/** A duration as Go prints it: `1m30s`, `1h0m0s`, `1.5ms`, `0s`. */
export function formatDuration(nanoseconds: number): string {
  const sign = nanoseconds < 0 ? '-' : '';
  const total = BigInt(Math.abs(nanoseconds));
  if (total === 0n) return '0s';
  if (total < 1_000n) return `${sign}${total}ns`;
  if (total < 1_000_000n) return `${sign}${withFraction(total, 1_000n)}\u00b5s`;
  if (total < 1_000_000_000n) return `${sign}${withFraction(total, 1_000_000n)}ms`;
  const minutes = total / 60_000_000_000n;
  const seconds = `${withFraction(total % 60_000_000_000n, 1_000_000_000n)}s`;
  if (minutes === 0n) return `${sign}${seconds}`;
  const hours = minutes / 60n;
  return `${sign}${hours === 0n ? '' : `${hours}h`}${minutes % 60n}m${seconds}`;
}

/** `amount / unit` as a decimal without trailing zeros; `unit` is a power of ten. */
function withFraction(amount: bigint, unit: bigint): string {
  const digits = String(unit).length - 1;
  const fraction = String(amount % unit)
    .padStart(digits, '0')
    .replace(/0+$/, '');
  return fraction === '' ? String(amount / unit) : `${amount / unit}.${fraction}`;
}
