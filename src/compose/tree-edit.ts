import type { MapEntry, MapNode, Node, NodePath, ScalarNode } from './node.ts';
import { pathRules, rulesBelow } from './path-rules.ts';
import type { PathRules } from './path-rules.ts';

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

/** Changes one node; `path` is where it stands. */
export type Rewrite = (node: Node, path: NodePath) => Node;

/**
 * Changes every node for which `rules` has a rule, in one walk: a node before the nodes inside it.
 * `*` stands for every key of a mapping and every item of a sequence; what does not change is
 * shared with `root`.
 */
export function rewriteTree<Rule>(
  root: MapNode,
  rules: PathRules<Rule>,
  apply: (rule: Rule, node: Node, path: NodePath) => Node,
): MapNode {
  const descend = (node: Node, below: PathRules<Rule>, path: NodePath): Node => {
    const made = below.rule === undefined ? node : apply(below.rule, node, path);
    if (made.kind === 'scalar' || (below.anyKey === undefined && below.byKey.size === 0)) {
      return made;
    }
    if (made.kind === 'map') {
      return mapValues(made, (value, key) => {
        const inside = rulesBelow(below, key);
        return inside === undefined ? value : descend(value, inside, [...path, key]);
      });
    }
    const { anyKey } = below;
    if (anyKey === undefined) return made;
    const items = made.items.map((item, index) => descend(item, anyKey, [...path, index]));
    return items.every((item, index) => item === made.items[index]) ? made : { ...made, items };
  };
  const made = descend(root, rules, []);
  if (made.kind !== 'map') throw new Error('internal error: a rule replaced the root');
  return made;
}

/** Changes every node at one pattern, written as in `pathRules`. */
export function rewriteAt(root: MapNode, pattern: string, rewrite: Rewrite): MapNode {
  return rewriteTree(root, pathRules({ [pattern]: rewrite }), (rule, node, path) =>
    rule(node, path),
  );
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
