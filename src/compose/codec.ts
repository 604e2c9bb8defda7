import type { Diagnostic } from './diagnostic.ts';
import type { Node, NodePath, ScalarNode } from './node.ts';
import { formatPath } from './node.ts';
import type { Rendered, Style } from './rendered.ts';
import { scalarText } from './scalar-text.ts';

/** How one type of the model is read from a canonical tree and written again. */
export interface Codec<T> {
  /** Undefined where the node says nothing (null) or is faulty, which it reports. */
  readonly decode: (node: Node, place: Place) => T | undefined;
  /** Whether this is the value of a field that is not set, as the reference's structs have it. */
  readonly isZero: (value: T) => boolean;
  readonly render: (value: T, style: Style) => Rendered;
}

/** Where decoding is, as a chain to the root, and where it reports faults. */
export class Place {
  readonly parent: Place | undefined;
  readonly step: string | number;
  readonly faults: Diagnostic[];
  /** Entries of maps and lists are written `[key]` in messages, fields `.field`. */
  readonly entry: boolean;

  constructor(parent: Place | Diagnostic[], step: string | number, entry: boolean) {
    this.parent = parent instanceof Place ? parent : undefined;
    this.faults = parent instanceof Place ? parent.faults : parent;
    this.step = step;
    this.entry = entry;
  }

  field(name: string): Place {
    return new Place(this, name, false);
  }

  item(key: string | number): Place {
    return new Place(this, key, true);
  }

  /** Reports that what was written has no effect. */
  warn(node: Node, message: string, hint: string): void {
    this.faults.push({
      severity: 'warning',
      code: 'decode/no-effect',
      message: `'${this.trail()}' ${message}`,
      span: node.span,
      path: formatPath(this.path()),
      hint,
    });
  }

  /** Reports a fault; undefined, so that a decoder can return it. */
  refuse(node: Node, message: string): undefined {
    this.faults.push({
      severity: 'error',
      code: 'decode/invalid-value',
      message: `'${this.trail()}' ${message}`,
      span: node.span,
      path: formatPath(this.path()),
    });
  }

  private path(): NodePath {
    return this.parent === undefined ? [this.step] : [...this.parent.path(), this.step];
  }

  private trail(): string {
    if (this.parent === undefined) return String(this.step);
    return `${this.parent.trail()}${this.entry ? `[${this.step}]` : `.${this.step}`}`;
  }
}

/** The name of a node's type in messages. */
function typeOf(node: Node): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'mapping' : 'list';
  return node.type;
}

/** Reports that `node` cannot be read as `wanted`. */
export function unexpected(node: Node, place: Place, wanted: string): undefined {
  place.refuse(node, `expected type '${wanted}', got unconvertible type '${typeOf(node)}'`);
}

/** Null says nothing. */
export function isNull(node: Node): boolean {
  return node.kind === 'scalar' && node.type === 'null';
}

/** A codec for scalars: `read` gets one that is not null. */
export function scalarCodec<T>(given: {
  readonly wanted: string;
  readonly read: (node: ScalarNode, place: Place) => T | undefined;
  readonly isZero: (value: T) => boolean;
  readonly render: (value: T, style: Style) => Rendered;
}): Codec<T> {
  const { wanted, read, isZero, render } = given;
  return {
    decode: (node, place) => {
      if (isNull(node)) return undefined;
      return node.kind === 'scalar' ? read(node, place) : unexpected(node, place, wanted);
    },
    isZero,
    render,
  };
}

/** Text; whole numbers are taken as they print. */
export const text: Codec<string> = scalarCodec({
  wanted: 'string',
  read: (node, place) =>
    node.type === 'str' || node.type === 'int'
      ? scalarText(node)
      : unexpected(node, place, 'string'),
  isZero: (value) => value === '',
  render: (value) => value,
});

/** Text; any scalar is taken as it prints. */
export const printed: Codec<string> = scalarCodec({
  wanted: 'string',
  read: scalarText,
  isZero: (value) => value === '',
  render: (value) => value,
});

/** One of the words that the schema allows. */
export function word<T extends string>(): Codec<T> {
  return text as unknown as Codec<T>;
}

const TRUE = new Set(['true', 'y', 'yes', 'on']);
const FALSE = new Set(['false', 'n', 'no', 'off']);

/** True or false, also as a word. */
export const flag: Codec<boolean> = scalarCodec({
  wanted: 'bool',
  read: (node, place) => {
    if (typeof node.value === 'boolean') return node.value;
    const given = scalarText(node).toLowerCase();
    if (TRUE.has(given)) return true;
    return FALSE.has(given) ? false : place.refuse(node, `invalid boolean: ${scalarText(node)}`);
  },
  isZero: (value) => !value,
  render: (value) => value,
});

/** A boolean that is true where nothing is said, and printed only where it is false. */
export const optOut: Codec<boolean> = { ...flag, isZero: (value) => value };
