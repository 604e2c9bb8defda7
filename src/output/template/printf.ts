import { Float, printFloat, printValue, Receiver, typeName } from './values.ts';

/** As Go's Sprint: blanks only between operands that are both no texts. */
export function joinPrinted(values: readonly unknown[]): string {
  return values
    .map((value, at) => {
      const before = values[at - 1];
      const apart = at > 0 && typeof value !== 'string' && typeof before !== 'string';
      return (apart ? ' ' : '') + printValue(value);
    })
    .join('');
}

/** As Go's Sprintln. */
export function printedLine(values: readonly unknown[]): string {
  return `${values.map((value) => printValue(value)).join(' ')}\n`;
}

interface Directive {
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
}

const DIRECTIVE =
  /%(?<flags>[-+# 0]*)(?<width>\*|\d+)?(?:\.(?<precision>\*|\d*))?(?<verb>[\s\S])?/gu;

/** As Go's Sprintf, mistakes included: `%!d(string=x)`, `%!s(MISSING)`, `%!(EXTRA int=1)`. */
export function formatGo(format: string, values: readonly unknown[]): string {
  let at = 0;
  const take = (text: string | undefined): number | undefined => {
    if (text === undefined) return undefined;
    if (text !== '*') return Number(text);
    at += 1;
    return Number(values[at - 1]);
  };
  const text = format.replaceAll(DIRECTIVE, (...match: unknown[]) => {
    const groups = match.at(-1) as Readonly<Record<string, string | undefined>>;
    const { flags = '', verb } = groups;
    const width = take(groups['width']);
    const precision = take(groups['precision']);
    if (verb === undefined) return '%!(NOVERB)';
    if (verb === '%') return '%';
    if (at >= values.length) return `%!${verb}(MISSING)`;
    at += 1;
    return formatOne(verb, values[at - 1], { flags, width, precision });
  });
  const extra = values.slice(at).map((value) => `${typeName(value)}=${printValue(value)}`);
  return extra.length === 0 || at > values.length ? text : `${text}%!(EXTRA ${extra.join(', ')})`;
}

function formatOne(verb: string, value: unknown, directive: Directive): string {
  if (verb === 'T') return padded(typeName(value), directive);
  if (Array.isArray(value) && verb !== 'v' && verb !== 'p') {
    return `[${value.map((item) => formatOne(verb, item, directive)).join(' ')}]`;
  }
  if (isStruct(value) && verb !== 'v' && verb !== 'p') {
    return `{${Object.values(value)
      .map((part) => formatOne(verb, part, directive))
      .join(' ')}}`;
  }
  const shown = verbText(verb, value, directive);
  if (shown === undefined) {
    const type = typeName(value);
    return type === 'nil' ? `%!${verb}(<nil>)` : `%!${verb}(${type}=${printValue(value)})`;
  }
  return padded(shown, directive);
}

function isStruct(value: unknown): value is object {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Float || value instanceof Map || value instanceof Receiver)
  );
}

/** The text of a value; undefined when the verb is not for its type. */
function verbText(verb: string, value: unknown, directive: Directive): string | undefined {
  if (verb === 'v') return defaultText(value, directive);
  if (value instanceof Float) return floatText(verb, value.value, directive);
  if (typeof value === 'number') return intText(verb, value, directive);
  if (typeof value === 'string') return stringText(verb, value, directive);
  if (typeof value === 'boolean') return verb === 't' ? String(value) : undefined;
  return undefined;
}

function defaultText(value: unknown, { flags, precision }: Directive): string {
  if (flags.includes('#') && typeof value === 'string') return quoted(value);
  const text = printValue(value, { names: flags.includes('+') });
  return typeof value === 'string' && precision !== undefined ? first(text, precision) : text;
}

function stringText(
  verb: string,
  text: string,
  { flags, precision }: Directive,
): string | undefined {
  const shown = precision === undefined ? text : first(text, precision);
  switch (verb) {
    case 's':
      return shown;
    case 'q':
      return flags.includes('#') && !text.includes('`') ? `\`${shown}\`` : quoted(shown);
    case 'x':
      return Buffer.from(shown).toString('hex');
    case 'X':
      return Buffer.from(shown).toString('hex').toUpperCase();
    default:
      return undefined;
  }
}

const BASES: Readonly<Record<string, number>> = { d: 10, b: 2, o: 8, O: 8, x: 16, X: 16 };
const PREFIXES: Readonly<Record<string, string>> = { b: '0b', o: '0', x: '0x', X: '0X' };

function intText(verb: string, value: number, { flags }: Directive): string | undefined {
  if (verb === 'c') return String.fromCodePoint(value);
  if (verb === 'q') return `'${String.fromCodePoint(value)}'`;
  if (verb === 'U') return `U+${value.toString(16).toUpperCase().padStart(4, '0')}`;
  const base = BASES[verb];
  if (base === undefined) return undefined;
  const digits = Math.abs(value).toString(base);
  const prefix = verb === 'O' ? '0o' : flags.includes('#') ? (PREFIXES[verb] ?? '') : '';
  return signed(value, prefix + (verb === 'X' ? digits.toUpperCase() : digits), flags);
}

function floatText(
  verb: string,
  value: number,
  { flags, precision }: Directive,
): string | undefined {
  const size = Math.abs(value);
  switch (verb) {
    case 'f':
    case 'F':
      return signed(value, size.toFixed(precision ?? 6), flags);
    case 'e':
      return signed(value, twoDigits(size.toExponential(precision ?? 6)), flags);
    case 'E':
      return signed(value, twoDigits(size.toExponential(precision ?? 6)).toUpperCase(), flags);
    case 'g':
      return signed(
        value,
        precision === undefined
          ? printFloat(size)
          : String(Number(size.toPrecision(precision || 1))),
        flags,
      );
    default:
      return undefined;
  }
}

/** Exponents have two digits at least. */
function twoDigits(text: string): string {
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

function signed(value: number, text: string, flags: string): string {
  if (value < 0) return `-${text}`;
  if (flags.includes('+')) return `+${text}`;
  return flags.includes(' ') ? ` ${text}` : text;
}

function padded(text: string, { flags, width = 0 }: Directive): string {
  const missing = Math.max(0, width - Array.from(text).length);
  if (flags.includes('-')) return text + ' '.repeat(missing);
  if (!flags.includes('0')) return ' '.repeat(missing) + text;
  const sign = /^[+-]/.exec(text)?.[0] ?? '';
  return sign + '0'.repeat(missing) + text.slice(sign.length);
}

function first(text: string, count: number): string {
  return Array.from(text).slice(0, count).join('');
}

/** A text between double quotes, as Go's strconv.Quote. */
function quoted(text: string): string {
  const inner = text.replaceAll(/["\\\u0000-\u001F\u007F]/g, (character) => {
    const known = QUOTED[character];
    return known ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
  });
  return `"${inner}"`;
}

const QUOTED: Readonly<Record<string, string>> = {
  '"': String.raw`\"`,
  '\\': '\\\\',
  '\u0007': String.raw`\a`,
  '\b': String.raw`\b`,
  '\f': String.raw`\f`,
  '\n': String.raw`\n`,
  '\r': String.raw`\r`,
  '\t': String.raw`\t`,
  '\v': String.raw`\v`,
};
