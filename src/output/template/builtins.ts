import { eq, greater, less, ne } from './comparison.ts';
import { escapeHtml, escapeJs, escapeQuery } from './escapes.ts';
import { formatGo, joinPrinted, printedLine } from './printf.ts';
import { isTrue, typeName, type Callable, type ParameterType } from './values.ts';

function fixed(
  parameters: readonly ParameterType[],
  call: (...args: readonly never[]) => unknown,
): Callable {
  return { parameters, call: call as Callable['call'] };
}

function variadic(
  parameters: readonly ParameterType[],
  call: (...args: readonly never[]) => unknown,
): Callable {
  return { parameters, variadic: 'any', call: call as Callable['call'] };
}

/** The functions that every Go template has. `and` and `or` are evaluated apart: they may stop early. */
export const builtins: ReadonlyMap<string, Callable> = new Map([
  ['and', variadic(['any'], (...values: unknown[]) => values.at(-1))],
  ['or', variadic(['any'], (...values: unknown[]) => values.at(-1))],
  // Refused where the arguments are known as they were written.
  ['call', variadic(['any'], () => undefined)],
  ['not', fixed(['any'], (value: unknown) => !isTrue(value))],
  ['html', variadic([], (...values: unknown[]) => escapeHtml(joinPrinted(values)))],
  ['js', variadic([], (...values: unknown[]) => escapeJs(joinPrinted(values)))],
  ['urlquery', variadic([], (...values: unknown[]) => escapeQuery(joinPrinted(values)))],
  [
    'index',
    variadic(['any'], (value: unknown, ...keys: unknown[]) => keys.reduce(indexInto, value)),
  ],
  ['slice', variadic(['any'], (value: unknown, ...bounds: unknown[]) => sliceOf(value, bounds))],
  ['len', fixed(['any'], (value: unknown) => lengthOf(value))],
  ['print', variadic([], (...values: unknown[]) => joinPrinted(values))],
  ['println', variadic([], (...values: unknown[]) => printedLine(values))],
  [
    'printf',
    variadic(['string'], (format: string, ...values: unknown[]) => formatGo(format, values)),
  ],
  ['eq', variadic(['any'], (first: unknown, ...others: unknown[]) => eq(first, others))],
  ['ne', fixed(['any', 'any'], (a: unknown, b: unknown) => ne(a, b))],
  ['lt', fixed(['any', 'any'], (a: unknown, b: unknown) => less(a, b))],
  ['le', fixed(['any', 'any'], (a: unknown, b: unknown) => less(a, b) || eq(a, [b]))],
  ['gt', fixed(['any', 'any'], (a: unknown, b: unknown) => greater(a, b))],
  ['ge', fixed(['any', 'any'], (a: unknown, b: unknown) => !less(a, b))],
]);

function lengthOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (value instanceof Map) return value.size;
  if (value === undefined || value === null) throw new Error('len of nil pointer');
  throw new Error(`len of type ${typeName(value)}`);
}

function indexInto(value: unknown, key: unknown): unknown {
  if (value === undefined || value === null) throw new Error('index of untyped nil');
  if (value instanceof Map) {
    if (typeof key !== 'string')
      throw new Error(`value has type ${typeName(key)}; should be string`);
    return (value as ReadonlyMap<string, unknown>).get(key) ?? '';
  }
  const items = typeof value === 'string' ? [...Buffer.from(value)] : value;
  if (!Array.isArray(items)) throw new Error(`can't index item of type ${typeName(value)}`);
  return items[position(key, items.length - 1)];
}

/** An index up to `last`. */
function position(key: unknown, last: number): number {
  if (key === undefined || key === null) throw new Error('cannot index slice/array with nil');
  if (typeof key !== 'number') {
    throw new Error(`cannot index slice/array with type ${typeName(key)}`);
  }
  if (key < 0 || key > last) throw new Error(`index out of range: ${key}`);
  return key;
}

function sliceOf(value: unknown, bounds: readonly unknown[]): unknown {
  if (value === undefined || value === null) throw new Error('slice of untyped nil');
  if (bounds.length > 3) throw new Error(`too many slice indexes: ${bounds.length}`);
  const isText = typeof value === 'string';
  if (isText && bounds.length === 3) throw new Error('cannot 3-index slice a string');
  const items: unknown = isText ? Buffer.from(value) : value;
  if (!Array.isArray(items) && !Buffer.isBuffer(items)) {
    throw new Error(`can't slice item of type ${typeName(value)}`);
  }
  const [from = 0, to = items.length] = bounds.map((bound) => position(bound, items.length));
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`);
  return Buffer.isBuffer(items) ? items.toString('utf8', from, to) : items.slice(from, to);
}
