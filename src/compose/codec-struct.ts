import type { Codec, Place } from './codec.ts';
import { isNull, unexpected } from './codec.ts';
import type { Extensions } from './model-basics.ts';
import type { MapNode, Node } from './node.ts';
import { extensionsOf, renderExtensions } from './extensions.ts';
import type { Rendered, Style } from './rendered.ts';

/** A key of an element and the rules by which it is left out. */
export interface Field<T> {
  readonly codec: Codec<T>;
  /** Whether the zero value says something, as opposed to nothing. */
  readonly keepsZero: boolean;
  /** The value where nothing is said. */
  readonly fallback?: T;
  /** Whether zero values are printed. */
  readonly printsZero: boolean;
  /** What is printed where there is no value, in styles that always print the key. */
  readonly absent?: (style: Style) => Rendered | undefined;
  /** The key in JSON, where it differs. */
  readonly jsonKey?: string;
}

/** A field whose zero value is the same as none. */
export function value<T>(codec: Codec<T>): Field<T> {
  return { codec, keepsZero: false, printsZero: false };
}

/** A field whose zero value (false, 0, an empty element) differs from none. */
export function optional<T>(codec: Codec<T>): Field<T> {
  return { codec, keepsZero: true, printsZero: true };
}

/** A field that is always there; `fallback` where nothing is said. */
export function required<T>(codec: Codec<T>, fallback: T): Field<T> {
  return { codec, keepsZero: true, printsZero: true, fallback };
}

/** An element that JSON always shows, empty where it says nothing. */
export function embedded<T>(codec: Codec<T>, empty: T): Field<T> {
  return {
    ...value(codec),
    absent: (style) => (style === 'yaml' ? undefined : codec.render(empty, style)),
  };
}

/** A field for every key of an element, in the order in which they are printed. */
export type Fields<T> = {
  readonly [K in Exclude<keyof T, 'extensions'>]-?: Field<Exclude<T[K], undefined>>;
};

export interface StructOptions {
  /** Whether `x-` keys are kept; otherwise they are dropped. */
  readonly extensible?: boolean;
}

type Values = Record<string, unknown>;
type AnyField = readonly [key: string, field: Field<unknown>];

/** The codec of an element with fixed keys. Other keys but `x-` ones are passed over. */
export function struct<T extends object>(
  given: Fields<T>,
  { extensible = true }: StructOptions = {},
): Codec<T> {
  const fields: readonly AnyField[] = Object.entries(given as Record<string, Field<unknown>>);
  return {
    decode: (node, place) => {
      if (isNull(node)) return undefined;
      if (node.kind !== 'map') return unexpected(node, place, 'mapping');
      return decodeFields(node, place, { fields, extensible }) as T;
    },
    isZero: (element) => Object.keys(element).length === 0,
    render: (element, style) => {
      const values = element as Values;
      const printed = new Map<string, Rendered>();
      for (const [key, field] of fields) {
        addField(printed, { key, field, style, value: values[key] });
      }
      if (style === 'yaml') addExtensions(printed, values);
      return printed;
    },
  };
}

function decodeFields(
  node: MapNode,
  place: Place,
  { fields, extensible }: { readonly fields: readonly AnyField[]; readonly extensible: boolean },
): Values {
  const values: Values = {};
  for (const [key, field] of fields) {
    const entry = node.entries.get(key);
    const decoded = entry === undefined ? undefined : decodeField(entry.value, key, field, place);
    const settled = decoded ?? field.fallback;
    if (settled !== undefined) values[key] = settled;
  }
  const extensions = extensible ? extensionsOf(node) : undefined;
  if (extensions !== undefined) values.extensions = extensions;
  return values;
}

function decodeField(node: Node, key: string, field: Field<unknown>, place: Place): unknown {
  const decoded = field.codec.decode(node, place.field(key));
  const says = decoded !== undefined && (field.keepsZero || !field.codec.isZero(decoded));
  return says ? decoded : undefined;
}

function addField(
  printed: Map<string, Rendered>,
  given: { key: string; field: Field<unknown>; style: Style; value: unknown },
): void {
  const { key, field, style } = given;
  const name = style === 'yaml' ? key : (field.jsonKey ?? key);
  const shown =
    given.value !== undefined && (field.printsZero || !field.codec.isZero(given.value))
      ? field.codec.render(given.value, style)
      : field.absent?.(style);
  if (shown !== undefined) printed.set(name, shown);
}

function addExtensions(printed: Map<string, Rendered>, values: Values): void {
  const extensions = values.extensions as Extensions | undefined;
  if (extensions === undefined) return;
  for (const [key, value] of renderExtensions(extensions, 'yaml')) printed.set(key, value);
}
