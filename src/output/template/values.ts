/**
 * What templates work on. Go's types are told apart like this: string, boolean and number (an int) are
 * themselves, {@link Float} is a float64; an array is a slice, a Map a map, another object a struct,
 * whose fields are in order. `undefined` is no value at all, null is nil.
 */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Types of parameters. */
export type ParameterType = 'string' | 'int' | '[]string' | 'any';

/** A function of templates or a method of what they are applied to. */
export interface Callable {
  readonly parameters: readonly ParameterType[];
  /** Type of any further arguments. */
  readonly variadic?: ParameterType;
  readonly call: (...args: readonly unknown[]) => unknown;
}

/** What a template is applied to: its fields are methods, as in docker's own lists. */
export class Receiver {
  /** `*formatter.ContainerContext`, for messages. */
  readonly typeName: string;
  readonly methods: ReadonlyMap<string, Callable>;
  /** Found when there is no such method; names that are neither are no value instead of an error. */
  readonly entries: ReadonlyMap<string, string> | undefined;
  /** What `json` shows. */
  readonly content: object;

  constructor(
    typeName: string,
    content: Readonly<Record<string, unknown>>,
    entries?: ReadonlyMap<string, string>,
  ) {
    this.typeName = typeName;
    this.content = content;
    this.entries = entries;
    this.methods = new Map(Object.entries(content).map(([name, value]) => [name, toMethod(value)]));
  }
}

function toMethod(value: unknown): Callable {
  if (typeof value !== 'function') return { parameters: [], call: () => value };
  const call = value as (...args: readonly unknown[]) => unknown;
  return { parameters: Array.from({ length: value.length }, () => 'string' as const), call };
}

/** Marks a list or a struct with the name of its Go type, which messages show. */
export const goType = Symbol('name of the Go type');

/** Gives a value its Go type's name. */
export function typed<T extends object>(name: string, value: T): T {
  Object.defineProperty(value, goType, { value: name, enumerable: false });
  return value;
}

/** The name of a value's type in messages. */
export function typeName(value: unknown): string {
  if (value === undefined || value === null) return 'nil';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'number') return 'int';
  if (value instanceof Float) return 'float64';
  if (value instanceof Receiver) return value.typeName;
  const named = (value as { readonly [goType]?: string })[goType];
  if (named !== undefined) return named;
  if (value instanceof Map) return 'map[string]string';
  if (!Array.isArray(value)) return 'struct';
  return value.every((item) => typeof item === 'string') ? '[]string' : '[]interface {}';
}

/** Go's idea of a true value: not zero, not empty; a struct always is. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  return value instanceof Float ? value.value !== 0 : Boolean(value);
}

/** How a value is printed: `%v`, `%+v` with names of fields. */
export interface PrintStyle {
  readonly names?: boolean;
}

/** A value as Go's `%v` prints it. */
export function printValue(value: unknown, style: PrintStyle = {}): string {
  if (value === undefined || value === null) return '<nil>';
  if (value instanceof Float) return printFloat(value.value);
  if (Array.isArray(value)) return `[${value.map((item) => printValue(item, style)).join(' ')}]`;
  if (value instanceof Map) {
    const entries = [...(value as ReadonlyMap<string, unknown>)].toSorted(([a], [b]) =>
      a < b ? -1 : 1,
    );
    return `map[${entries.map(([key, item]) => `${key}:${printValue(item, style)}`).join(' ')}]`;
  }
  if (typeof value === 'object') {
    const content = value instanceof Receiver ? value.content : value;
    const fields = Object.entries(content).filter(([, part]) => typeof part !== 'function');
    const parts = fields.map(([name, part]) => {
      const shown = printValue(part, style);
      return style.names === true ? `${name}:${shown}` : shown;
    });
    return `{${parts.join(' ')}}`;
  }
  return `${value as string | number | boolean}`;
}

/** As `%v`: the shortest form, with an exponent from 21 digits on. */
export function printFloat(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
  const size = Math.abs(value);
  const text = size !== 0 && (size < 1e-4 || size >= 1e21) ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}
