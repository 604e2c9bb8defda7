import type { MapEntry, MapNode, Node, NodePath, ScalarNode } from './node.ts';

/** A copy of `map` in which `key` has `value`; a key that was there keeps its place. */
export function withEntry(map: MapNode, key: string, value: Node): MapNode {
  const entries = new Map(map.entries);
  entries.set(key, { keySpan: map.entries.get(key)?.keySpan ?? value.span, value });
  return { ...map, entries };
}

/** A copy of `map` in which keys that are absent have the values of `additions`. */
export function withMissing(map: MapNode, additions: Readonly<Record<string, Node>>): MapNode {
  let made = map;
  for (const [key, value] of Object.entries(additions)) {
    if (!map.entries.has(key)) made = withEntry(made, key, value);
  }
  return made;
}

/** `map` with every value changed; the same map when nothing was. */
export function mapValues(
  map: MapNode,
  change: (value: Node, key: string, entry: MapEntry) => Node,
): MapNode {
  let entries: Map<string, MapEntry> | undefined;
  for (const [key, entry] of map.entries) {
    const value = change(entry.value, key, entry);
    if (value === entry.value) continue;
    entries ??= new Map(map.entries);
    entries.set(key, { ...entry, value });
  }
  return entries === undefined ? map : { ...map, entries };
}

/** `items` with every node changed; the same array when nothing was. */
function mapItems(
  items: readonly Node[],
  change: (item: Node, index: number) => Node,
): readonly Node[] {
  const made = items.map(change);
  return made.some((item, index) => item !== items[index]) ? made : items;
}

/** Changes one node; `path` is where it stands. */
export type Rewrite = (node: Node, path: NodePath) => Node;

/**
 * Changes every node at `pattern`: keys joined with dots, where `*` stands for every key of a
 * mapping and every item of a sequence. Places that the tree does not have are passed over.
 */
export function rewriteAt(root: MapNode, pattern: string, rewrite: Rewrite): MapNode {
  const made = descend(root, { parts: pattern.split('.'), path: [], rewrite });
  if (made.kind !== 'map') throw new Error(`internal error: ${pattern} replaced the root`);
  return made;
}

interface Descent {
  readonly parts: readonly string[];
  readonly path: NodePath;
  readonly rewrite: Rewrite;
}

function descend(node: Node, { parts, path, rewrite }: Descent): Node {
  const part = parts[path.length];
  if (part === undefined) return rewrite(node, path);
  const below = (value: Node, key: string | number): Node =>
    descend(value, { parts, path: [...path, key], rewrite });
  if (node.kind === 'map') {
    if (part === '*') return mapValues(node, below);
    const entry = node.entries.get(part);
    if (entry === undefined) return node;
    const value = below(entry.value, part);
    return value === entry.value ? node : withEntry(node, part, value);
  }
  if (node.kind !== 'seq' || part !== '*') return node;
  const items = mapItems(node.items, below);
  return items === node.items ? node : { ...node, items };
}

/** Calls `visit` for every node at `pattern` (see `rewriteAt`). */
export function visitAt(
  root: MapNode,
  pattern: string,
  visit: (node: Node, path: NodePath) => void,
): void {
  rewriteAt(root, pattern, (node, path) => {
    visit(node, path);
    return node;
  });
}

/** The text of a string scalar; undefined for every other node. */
export function stringOf(node: Node | undefined): string | undefined {
  return isString(node) ? node.value : undefined;
}

/** Whether `node` is a scalar that the reader takes for a string. */
export function isString(node: Node | undefined): node is ScalarNode & { readonly value: string } {
  return node?.kind === 'scalar' && node.type === 'str' && typeof node.value === 'string';
}

/** Whether `node` is an explicit or empty null. */
export function isNull(node: Node | undefined): boolean {
  return node?.kind === 'scalar' && node.type === 'null';
}
