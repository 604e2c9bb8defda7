import type { ScalarNode } from './node.ts';

/**
 * The text that the reference gives a scalar where a string is wanted (Go's `%v`): `1.0` is `1`,
 * `1000000.5` is `1.0000005e+06`, null is `<nil>`, a day is `2024-01-01 00:00:00 +0000 UTC`.
 */
export function scalarText(node: ScalarNode): string {
  switch (node.type) {
    case 'null':
      return '<nil>';
    case 'float':
      return goFloat64(Number(node.value));
    case 'timestamp':
      return goTime(String(node.value));
    case 'bool':
    case 'int':
    case 'str':
      return String(node.value);
  }
}

/** Go's `%v` of a 64-bit float: shortest digits, with an exponent from 1e+06 up and below 1e-04. */
export function goFloat64(value: number): string {
  return nonFinite(value) ?? withExponent(decimal(value.toExponential(), value), -4, 6);
}

/** Go's `%v` of a 32-bit float: the shortest digits that read back as the same 32-bit number. */
export function goFloat32(value: number): string {
  const single = Math.fround(value);
  return nonFinite(single) ?? withExponent(decimal(shortest32(single), single), -4, 6);
}

/** A 32-bit float as Go's encoding/json writes it. (A 64-bit one is written as JavaScript does.) */
export function jsonFloat32(value: number): string {
  const single = Math.fround(value);
  const text = withExponent(decimal(shortest32(single), single), -6, 21);
  return text.replace(/e-0(\d)$/, 'e-$1');
}

interface Decimal {
  readonly sign: string;
  /** Significant digits without a point. */
  readonly digits: string;
  /** Power of ten of the first digit. */
  readonly exponent: number;
}

function nonFinite(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return undefined;
  return value > 0 ? '+Inf' : '-Inf';
}

function shortest32(single: number): string {
  for (let digits = 0; digits < 9; digits += 1) {
    const text = single.toExponential(digits);
    if (Math.fround(Number(text)) === single) return text;
  }
  return single.toExponential();
}

function decimal(exponential: string, value: number): Decimal {
  const [mantissa = '0', power = '0'] = exponential.replace(/^-/, '').split('e');
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  return { sign, digits: mantissa.replace('.', ''), exponent: Number(power) };
}

/** Positional between `low` (inclusive) and `high` (exclusive), otherwise with an exponent. */
function withExponent({ sign, digits, exponent }: Decimal, low: number, high: number): string {
  if (exponent < low || exponent >= high) {
    const size = String(Math.abs(exponent)).padStart(2, '0');
    const rest = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits.slice(0, 1)}${rest}e${exponent < 0 ? '-' : '+'}${size}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  const rest = digits.slice(exponent + 1);
  return `${sign}${whole}${rest === '' ? '' : `.${rest}`}`;
}

/** `2001-12-14T21:59:43.1-05:00` → `2001-12-14 21:59:43.1 -0500 -0500`. */
function goTime(rfc3339: string): string {
  const zoneAt = rfc3339.endsWith('Z') ? rfc3339.length - 1 : rfc3339.length - 6;
  const zone = rfc3339.slice(zoneAt).replace(':', '');
  const shown = zone === 'Z' ? '+0000 UTC' : `${zone} ${zone}`;
  return `${rfc3339.slice(0, zoneAt).replace('T', ' ')} ${shown}`;
}
