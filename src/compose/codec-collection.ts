import { byBytes } from './byte-order.ts';
import type { Codec, Place } from './codec.ts';
import { isNull, text, unexpected } from './codec.ts';
import type { NullableStringMap, StringMap } from './model-basics.ts';
import type { MapNode, Node } from './node.ts';
import { keyOrder } from './key-order.ts';
import type { Rendered, Style } from './rendered.ts';
import { scalarText } from './scalar-text.ts';

/** A list; one scalar counts as a list of one. */
export function list<T>(item: Codec<T>): Codec<readonly T[]> {
  return {
    decode: (node, place) => {
      if (isNull(node)) return undefined;
      const items = node.kind === 'seq' ? node.items : [node];
      return items
        .map((entry, index) => item.decode(entry, place.item(index)))
        .filter((entry) => entry !== undefined);
    },
    isZero: (value) => value.length === 0,
    render: (value, style) => value.map((entry) => item.render(entry, style)),
  };
}

/** A list of texts. */
export const strings: Codec<readonly string[]> = list(text);

/** A mapping by name; an entry without a body is `empty`. */
export function mapOf<T>(item: Codec<T>, empty: T): Codec<Readonly<Record<string, T>>> {
  return {
    decode: (node, place) =>
      decodeEntries(node, place, (entry, at) => (isNull(entry) ? empty : item.decode(entry, at))),
    isZero: isEmpty,
    render: (value, style) => renderEntries(value, style, (entry) => item.render(entry, style)),
  };
}

/** A mapping by name whose entries may be null. */
export function nullableMapOf<T>(item: Codec<T>): Codec<Readonly<Record<string, T | null>>> {
  return {
    decode: (node, place) =>
      decodeEntries(node, place, (entry, at) => (isNull(entry) ? null : item.decode(entry, at))),
    isZero: isEmpty,
    render: (value, style) =>
      renderEntries(value, style, (entry) => (entry === null ? null : item.render(entry, style))),
  };
}

function decodeEntries<T>(
  node: Node,
  place: Place,
  read: (node: Node, place: Place) => T | undefined,
): Record<string, T> | undefined {
  if (isNull(node)) return undefined;
  if (node.kind !== 'map') return unexpected(node, place, 'mapping');
  return recordOf(node, (value, key) => read(value, place.item(key)));
}

/** A record without the entries that `read` gives nothing for. `__proto__` is a key like others. */
function recordOf<T>(
  node: MapNode,
  read: (value: Node, key: string) => T | undefined,
): Record<string, T> {
  const record: Record<string, T> = {};
  for (const [key, entry] of node.entries) {
    const value = read(entry.value, key);
    if (value !== undefined) setEntry(record, key, value);
  }
  return record;
}

function setEntry<T>(record: Record<string, T>, key: string, value: T): void {
  if (key !== '__proto__') record[key] = value;
  else {
    Object.defineProperty(record, key, {
      value,
      enumerable: true,
      writable: true,
      configurable: true,
    });
  }
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}

function renderEntries<T>(
  record: Readonly<Record<string, T>>,
  style: Style,
  render: (value: T) => Rendered,
): ReadonlyMap<string, Rendered> {
  const keys = Object.keys(record).toSorted(keyOrder(style));
  return new Map(keys.map((key) => [key, render(record[key] as T)]));
}

interface PairsOptions<T> {
  /** The value where there is none: null in a mapping, no `=` in a list. */
  readonly none: T;
  /** A space before `=` is refused in lists. */
  readonly strict: boolean;
}

/** A mapping to texts, or a list of `KEY=VALUE`. */
function pairsWith<T extends string | null>({
  none,
  strict,
}: PairsOptions<T>): Codec<Readonly<Record<string, string | T>>> {
  const entry = (node: Node): string | T =>
    isNull(node) ? none : node.kind === 'scalar' ? scalarText(node) : none;
  return {
    decode: (node, place) => {
      if (isNull(node)) return undefined;
      if (node.kind === 'map') return recordOf<string | T>(node, entry);
      if (node.kind !== 'seq') return unexpected(node, place, 'mapping');
      const record: Record<string, string | T> = {};
      for (const item of node.items) {
        const given = item.kind === 'scalar' ? scalarText(item) : '';
        const at = given.indexOf('=');
        const key = at < 0 ? given : given.slice(0, at);
        if (strict && /\s$/.test(key)) {
          place.refuse(item, `environment variable ${key} is declared with a trailing space`);
        }
        setEntry(record, key, at < 0 ? none : given.slice(at + 1));
      }
      return record;
    },
    isZero: isEmpty,
    render: (value, style) => renderEntries(value, style, (entry) => entry),
  };
}

/** Labels and the like: what has no value is empty. */
export const pairs: Codec<StringMap> = pairsWith<string>({ none: '', strict: false });

/** Environments: what has no value is null. */
export const environment: Codec<NullableStringMap> = pairsWith<null>({ none: null, strict: true });

/** Options of drivers: a mapping to texts. */
export const options: Codec<StringMap> = pairs;

/** A mapping to texts that takes nothing but scalars. */
export const texts: Codec<StringMap> = mapOf(text, '');

/** Options that can be given several times. */
export const multiOptions: Codec<Readonly<Record<string, readonly string[]>>> = {
  ...mapOf(strings, []),
  decode: (node, place) => {
    if (isNull(node)) return undefined;
    if (node.kind !== 'map') return unexpected(node, place, 'mapping');
    return recordOf(node, (value) => {
      const items = value.kind === 'seq' ? value.items : [value];
      return items.flatMap((item) => (item.kind === 'scalar' ? [scalarText(item)] : []));
    });
  },
};

const keepsNames = /[:=]/;

/** Host names and their addresses: a mapping, or a list of `HOST=ADDRESS` or `HOST:ADDRESS`. */
export const hosts: Codec<Readonly<Record<string, readonly string[]>>> = {
  decode: (node, place) => {
    if (isNull(node)) return undefined;
    const record: Record<string, readonly string[]> = {};
    for (const [name, addresses, source] of hostEntries(node, place)) {
      if (name === '' || keepsNames.test(name)) place.refuse(source, `bad host name '${name}'`);
      const found = addresses.map((address) => address.replace(/^\[(.+)\]$/s, '$1'));
      const earlier = Object.hasOwn(record, name) ? (record[name] ?? []) : [];
      setEntry(record, name, node.kind === 'seq' ? [...earlier, ...found] : found);
    }
    return record;
  },
  isZero: isEmpty,
  render: (value) =>
    Object.entries(value)
      .flatMap(([name, addresses]) => addresses.map((address) => `${name}=${address}`))
      .toSorted(byBytes),
};

function* hostEntries(node: Node, place: Place): Generator<[string, readonly string[], Node]> {
  if (node.kind === 'map') {
    for (const [name, { value }] of node.entries) {
      const addresses = value.kind === 'seq' ? value.items : [value];
      const given = addresses.map((address) => text.decode(address, place.item(name)) ?? '');
      yield [name, given, value];
    }
    return;
  }
  for (const item of node.kind === 'seq' ? node.items : [node]) {
    const given = item.kind === 'scalar' ? scalarText(item) : '';
    const parts = /^([^=]*)=(.*)$/s.exec(given) ?? /^([^:]*):(.*)$/s.exec(given);
    if (parts === null) {
      place.refuse(item, `invalid additional host, missing IP: ${given}`);
    } else {
      const [, name = '', addresses = ''] = parts;
      yield [name, addresses.split(','), item];
    }
  }
}
