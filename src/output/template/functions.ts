import { TemplateError } from './template-error.ts';

/** A function of templates; arguments come as they were written, the piped one last. */
export type TemplateFunction = (...args: readonly unknown[]) => unknown;

/** Go's functions and those that docker adds. */
export const templateFunctions: Readonly<Record<string, TemplateFunction>> = {
  json: (value) => goJson(value),
  join: (list, separator) => items(list).map(printValue).join(text(separator)),
  split: (value, separator) => text(value).split(text(separator)),
  lower: (value) => text(value).toLowerCase(),
  upper: (value) => text(value).toUpperCase(),
  title: (value) => text(value).replaceAll(/(^|\s)\S/g, (letter) => letter.toUpperCase()),
  pad: (value, before, after) =>
    text(value) === '' ? '' : ' '.repeat(Number(before)) + text(value) + ' '.repeat(Number(after)),
  truncate: (value, length) => text(value).slice(0, Number(length)),
  len: (value) => lengthOf(value),
  index: (value, ...keys) => keys.reduce(indexInto, value),
  print: (...values) => values.map(printValue).join(' '),
  println: (...values) => `${values.map(printValue).join(' ')}\n`,
  printf: (format, ...values) => formatGo(text(format), values),
  not: (value) => !isTrue(value),
  and: (...values) => values.find((value) => !isTrue(value)) ?? values.at(-1),
  or: (...values) => values.find(isTrue) ?? values.at(-1),
  eq: (first, ...others) => others.some((other) => first === other),
  ne: (first, second) => first !== second,
  lt: (first, second) => compare(first, second) < 0,
  le: (first, second) => compare(first, second) <= 0,
  gt: (first, second) => compare(first, second) > 0,
  ge: (first, second) => compare(first, second) >= 0,
};

/** Go's idea of a true value: not zero, not empty. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** A value as Go's `%v` prints it. */
export function printValue(value: unknown): string {
  if (value === null || value === undefined) return '<no value>';
  if (Array.isArray(value)) return `[${value.map(printValue).join(' ')}]`;
  if (typeof value === 'object') {
    const parts = Object.entries(value).map(([key, part]) => `${key}:${printValue(part)}`);
    return `map[${parts.toSorted().join(' ')}]`;
  }
  if (typeof value === 'function') return '<function>';
  return `${value as string | number | boolean}`;
}

/** JSON as Go writes it: `<`, `>` and `&` are escaped. */
export function goJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'function' ? undefined : part,
  )
    .replaceAll('<', String.raw`\u003c`)
    .replaceAll('>', String.raw`\u003e`)
    .replaceAll('&', String.raw`\u0026`);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : printValue(value);
}

function items(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value];
}

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return new TextEncoder().encode(value).length;
  if (Array.isArray(value)) return value.length;
  if (typeof value === 'object' && value !== null) return Object.keys(value).length;
  throw new TemplateError(`error calling len: len of type ${typeof value}`);
}

function indexInto(value: unknown, key: unknown): unknown {
  if (Array.isArray(value)) {
    const at = Number(key);
    if (at >= 0 && at < value.length) return value[at];
    throw new TemplateError(`error calling index: index out of range: ${at}`);
  }
  if (typeof value === 'object' && value !== null) {
    return Object.hasOwn(value, text(key)) ? (value as Record<string, unknown>)[text(key)] : '';
  }
  throw new TemplateError(`error calling index: cannot index item of type ${typeof value}`);
}

function compare(first: unknown, second: unknown): number {
  if (typeof first === 'number' && typeof second === 'number') return first - second;
  if (typeof first !== typeof second) {
    throw new TemplateError('incompatible types for comparison');
  }
  if (text(first) === text(second)) return 0;
  return text(first) < text(second) ? -1 : 1;
}

const VERB = /%(?<left>-?)(?<zero>0?)(?<width>\d*)(?:\.(?<precision>\d+))?(?<verb>[a-zA-Z%])/g;

/** The verbs of Go's fmt that templates use. */
function formatGo(format: string, values: readonly unknown[]): string {
  let result = '';
  let end = 0;
  let at = 0;
  for (const match of format.matchAll(VERB)) {
    const { left, zero, width, precision, verb = '%' } = match.groups ?? {};
    result += format.slice(end, match.index);
    end = match.index + match[0].length;
    if (verb === '%') result += '%';
    else {
      const shown = formatVerb(verb, values[at], precision);
      at += 1;
      result +=
        left === '-'
          ? shown.padEnd(Number(width))
          : shown.padStart(Number(width), zero === '0' ? '0' : ' ');
    }
  }
  return result + format.slice(end);
}

function formatVerb(verb: string, value: unknown, precision: string | undefined): string {
  switch (verb) {
    case 'q':
      return JSON.stringify(text(value));
    case 'd':
      return String(Math.trunc(Number(value)));
    case 'f':
      return Number(value).toFixed(precision === undefined ? 6 : Number(precision));
    case 'x':
      return typeof value === 'number'
        ? value.toString(16)
        : Buffer.from(text(value)).toString('hex');
    default: {
      const shown = text(value);
      return precision === undefined ? shown : shown.slice(0, Number(precision));
    }
  }
}
