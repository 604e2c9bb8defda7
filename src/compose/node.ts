import type { Span } from './source.ts';

/**
 * The tree that a Compose file becomes before it is a `Project`. Every node knows where it was
 * written, so merging, extending and normalising keep positions. Nodes are immutable by convention:
 * a transformation builds new nodes and shares what it left alone.
 */
export type Node = ScalarNode | MapNode | SequenceNode;

/** Which Go type the reference's YAML reader would give a scalar: decides how it prints in strings. */
export type ScalarType = 'null' | 'bool' | 'int' | 'float' | 'str' | 'timestamp';

interface NodeBase {
  readonly span: Span;
  /** Set by `!reset` and `!override` until they are applied. */
  readonly directive?: 'reset' | 'override';
  /** Nodes that this one replaced while merging, newest first; for `config --explain`. */
  readonly replaced?: readonly Node[];
}

export interface ScalarNode extends NodeBase {
  readonly kind: 'scalar';
  readonly type: ScalarType;
  /** int: number, or bigint past 2^53; float: number; timestamp: RFC 3339 text. */
  readonly value: null | boolean | number | bigint | string;
}

export interface MapEntry {
  readonly keySpan: Span;
  readonly value: Node;
}

export interface MapNode extends NodeBase {
  readonly kind: 'map';
  /** In the order of the text. */
  readonly entries: ReadonlyMap<string, MapEntry>;
}

export interface SequenceNode extends NodeBase {
  readonly kind: 'seq';
  readonly items: readonly Node[];
}

/** A place in the tree: keys and indexes from the root. */
export type NodePath = readonly (string | number)[];

/** `services.web.ports[0]`; keys that are not plain words are quoted: `services."a.b"`. */
export function formatPath(path: NodePath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else {
      const word = /^[\w/@+-]+$/.test(part) ? part : JSON.stringify(part);
      text += text === '' ? word : `.${word}`;
    }
  }
  return text;
}

/** The node at `path`, or undefined where the tree has none. */
export function nodeAt(root: Node, path: NodePath): Node | undefined {
  let node: Node | undefined = root;
  for (const part of path) {
    if (node === undefined || node.kind === 'scalar') return undefined;
    if (node.kind === 'seq') node = typeof part === 'number' ? node.items[part] : undefined;
    else node = node.entries.get(String(part))?.value;
  }
  return node;
}

/** A scalar that the loader itself makes (a default), placed at the node it stems from. */
export function stringNode(value: string, span: Span): ScalarNode {
  return { kind: 'scalar', type: 'str', value, span };
}

/** A null placed at the node it stems from. */
export function nullNode(span: Span): ScalarNode {
  return { kind: 'scalar', type: 'null', value: null, span };
}

/** A boolean placed at the node it stems from. */
export function boolNode(value: boolean, span: Span): ScalarNode {
  return { kind: 'scalar', type: 'bool', value, span };
}

/** An integer placed at the node it stems from. */
export function intNode(value: number, span: Span): ScalarNode {
  return { kind: 'scalar', type: 'int', value, span };
}

/** A mapping from `[key, node]` pairs, placed at `span`; keys take the span of their value. */
export function mapNode(entries: Iterable<readonly [string, Node]>, span: Span): MapNode {
  const made = new Map<string, MapEntry>();
  for (const [key, value] of entries) made.set(key, { keySpan: value.span, value });
  return { kind: 'map', entries: made, span };
}

/** Plain JavaScript values of a tree, as the schema check wants them (timestamps are RFC 3339 text). */
export function toPlain(node: Node): unknown {
  switch (node.kind) {
    case 'scalar':
      return typeof node.value === 'bigint' ? Number(node.value) : node.value;
    case 'seq':
      return node.items.map(toPlain);
    case 'map': {
      const plain: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
      for (const [key, entry] of node.entries) plain[key] = toPlain(entry.value);
      return plain;
    }
  }
}
