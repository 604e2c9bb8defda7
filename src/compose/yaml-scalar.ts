import type { ScalarType } from './node.ts';

/** Value and type of a scalar, as `ScalarNode` holds them. */
export interface ScalarValue {
  readonly type: ScalarType;
  readonly value: null | boolean | number | bigint | string;
}

const words = new Map<string, ScalarValue>();
for (const word of ['true', 'True', 'TRUE']) words.set(word, { type: 'bool', value: true });
for (const word of ['false', 'False', 'FALSE']) words.set(word, { type: 'bool', value: false });
for (const word of ['', '~', 'null', 'Null', 'NULL'])
  words.set(word, { type: 'null', value: null });
for (const word of ['.nan', '.NaN', '.NAN']) words.set(word, { type: 'float', value: NaN });
for (const word of ['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF']) {
  words.set(word, { type: 'float', value: Infinity });
}
for (const word of ['-.inf', '-.Inf', '-.INF']) {
  words.set(word, { type: 'float', value: -Infinity });
}
for (const word of ['-0', '-0.0']) words.set(word, { type: 'float', value: -0 });

const decimalFloat = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;
const int64Min = -(2n ** 63n);
const uint64Max = 2n ** 64n - 1n;

/**
 * What go-yaml v4 makes of a plain scalar: YAML 1.2 core with octal by a leading zero, binary,
 * underscores in numbers and timestamps; `yes`, `on` and `1:30` are strings.
 */
export function resolvePlain(text: string): ScalarValue {
  const first = text.charCodeAt(0);
  const isDigit = first >= 48 && first <= 57;
  if (!isDigit && first !== 43 && first !== 45 && first !== 46) {
    return words.get(text) ?? { type: 'str', value: text };
  }
  const word = words.get(text);
  if (word !== undefined) return word;
  if (first === 46) {
    const value = decimalFloat.test(text) ? Number(text) : NaN;
    return Number.isFinite(value) ? { type: 'float', value } : { type: 'str', value: text };
  }
  if (isDigit) {
    const timestamp = parseTimestamp(text);
    if (timestamp !== undefined) return { type: 'timestamp', value: timestamp };
  }
  const number = parseNumber(text.includes('_') ? text.replaceAll('_', '') : text);
  return number ?? { type: 'str', value: text };
}

function parseNumber(plain: string): ScalarValue | undefined {
  const integer = parseGoInteger(plain);
  if (integer !== undefined && integer >= int64Min && integer <= uint64Max) {
    const small = Number(integer);
    return { type: 'int', value: Number.isSafeInteger(small) ? small : integer };
  }
  if (!decimalFloat.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? { type: 'float', value } : undefined;
}

const goInteger = /^([-+]?)(?:(0[xX][0-9a-fA-F]+|0[bB][01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;

/** Go's integer literals without underscores: 0x, 0b, 0o and a leading 0 for octal. */
function parseGoInteger(text: string): bigint | undefined {
  const match = goInteger.exec(text);
  if (match === null) return undefined;
  const [, sign, based, octal, decimal] = match;
  const size = BigInt(based ?? (octal === undefined ? (decimal ?? '0') : `0o${octal}`));
  // Only unsigned text may pass the signed range.
  if (sign === '-') return -size;
  return sign === '+' && size > -int64Min - 1n ? undefined : size;
}

const timestampForm =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:([Tt ])(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?(Z|[-+]\d\d:\d\d)?)?$/;

/** RFC 3339 text of a YAML timestamp (fractions without trailing zeros), or undefined. */
export function parseTimestamp(text: string): string | undefined {
  if (text.charCodeAt(4) !== 45) return undefined;
  const match = timestampForm.exec(text);
  if (match === null) return undefined;
  const [, year = '', month = '', day = '', separator, hour, minute, second, fraction, zone] =
    match;
  // A zone goes with T, none with a space: no other combinations are timestamps.
  if (separator !== undefined && (separator === ' ') !== (zone === undefined)) return undefined;
  if (!isDay(Number(year), Number(month), Number(day))) return undefined;
  if (Number(hour ?? 0) > 23 || Number(minute ?? 0) > 59 || Number(second ?? 0) > 59) {
    return undefined;
  }
  if (zone !== undefined && zone !== 'Z' && !isOffset(zone)) return undefined;
  const two = (part: string | undefined): string => (part ?? '0').padStart(2, '0');
  const digits = (fraction ?? '').slice(0, 9).replace(/0+$/, '');
  const clock = `${two(hour)}:${two(minute)}:${two(second)}${digits === '' ? '' : `.${digits}`}`;
  const offset = zone === undefined || zone === '+00:00' || zone === '-00:00' ? 'Z' : zone;
  return `${year}-${two(month)}-${two(day)}T${clock}${offset}`;
}

function isOffset(zone: string): boolean {
  return Number(zone.slice(1, 3)) <= 24 && Number(zone.slice(4, 6)) < 60;
}

function isDay(year: number, month: number, day: number): boolean {
  if (month < 1 || month > 12 || day < 1) return false;
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const lengths = [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return day <= (lengths[month - 1] ?? 0);
}

const base64Form = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const coreTag = 'tag:yaml.org,2002:';

/**
 * A scalar with an explicit tag, quoted or not; unknown tags make strings. Gives the name of the type it is instead where it does not fit.
 */
export function resolveTagged(
  text: string,
  tag: string,
):
  { readonly ok: true; readonly value: ScalarValue } | { readonly ok: false; readonly is: string } {
  const string: ScalarValue = { type: 'str', value: text };
  if (!tag.startsWith(coreTag)) return { ok: true, value: string };
  const name = tag.slice(coreTag.length);
  switch (name) {
    case 'null':
    case 'bool':
    case 'int':
    case 'float':
    case 'timestamp': {
      const value = resolvePlain(text);
      if (value.type === name) return { ok: true, value };
      if (name === 'float' && value.type === 'int') {
        return { ok: true, value: { type: 'float', value: Number(value.value) } };
      }
      return { ok: false, is: value.type };
    }
    case 'binary': {
      const base64 = text.replace(/[\r\n]/g, '');
      if (!base64Form.test(base64)) return { ok: false, is: 'str' };
      const bytes = Uint8Array.from(atob(base64), (byte) => byte.charCodeAt(0));
      return { ok: true, value: { type: 'str', value: new TextDecoder().decode(bytes) } };
    }
    default:
      return { ok: true, value: string };
  }
}
