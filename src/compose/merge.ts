import type { Diagnostic } from './diagnostic.ts';
import { formatPath } from './node.ts';
import type { MapEntry, MapNode, Node, NodePath } from './node.ts';
import { overriding } from './overriding.ts';
import { rulesBelow } from './path-rules.ts';
import type { PathRules } from './path-rules.ts';
import { mergeRules } from './merge-rules.ts';
import type { MergeRule, Merging } from './merge-rules.ts';

export interface Merged<T extends Node = Node> {
  readonly node: T;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Merges an override into a base tree by the rules of the Compose specification ("Merge and
 * override"): mappings recursively, scalars replaced, sequences appended, and the special rules of
 * `merge-rules.ts`. What was replaced stays reachable through `replaced`. Subtrees that only one
 * side has are shared, not copied.
 */
export function mergeTrees(base: MapNode, override: MapNode): Merged<MapNode> {
  const { node, diagnostics } = mergeAt(base, override, []);
  return { node: node.kind === 'map' ? node : base, diagnostics };
}

/**
 * Merges `override` into `base`, both standing at `path` of a project; so an extended service is
 * merged at `['services', NAME]`. A clash of kinds is an error and leaves the base in place.
 */
export function mergeAt(base: Node, override: Node, path: NodePath): Merged {
  const diagnostics: Diagnostic[] = [];
  let rules: PathRules<MergeRule> | undefined = mergeRules;
  for (const key of path) rules = rulesBelow(rules, String(key));
  const merging: Merging = {
    report: (diagnostic) => diagnostics.push(diagnostic),
    mappings: mergeMappings,
  };
  return { node: mergeNodes(base, override, { path, rules, merging }), diagnostics };
}

interface Place {
  readonly path: NodePath;
  readonly rules: PathRules<MergeRule> | undefined;
  readonly merging: Merging;
}

function mergeNodes(base: Node, override: Node, place: Place): Node {
  const special = place.rules?.rule;
  if (special !== undefined) return special(base, override, place);
  if (override.kind === 'scalar' && override.type === 'null') return base;
  if (base.kind === 'scalar') return overriding(override, base);
  if (base.kind === 'map' && override.kind === 'map') return mergeMappings(base, override, place);
  if (base.kind === 'seq' && override.kind === 'seq') {
    return { ...base, items: [...base.items, ...override.items] };
  }
  place.merging.report(clash(base, override, place.path));
  return base;
}

function mergeMappings(base: MapNode, override: MapNode, place: Place): MapNode {
  if (override.entries.size === 0) return base;
  if (base.entries.size === 0) return { ...base, entries: override.entries };
  const entries = new Map<string, MapEntry>(base.entries);
  for (const [key, entry] of override.entries) {
    const present = base.entries.get(key);
    entries.set(
      key,
      present === undefined
        ? entry
        : {
            keySpan: present.keySpan,
            value: mergeNodes(present.value, entry.value, {
              path: [...place.path, key],
              rules: rulesBelow(place.rules, key),
              merging: place.merging,
            }),
          },
    );
  }
  return { ...base, entries };
}

function clash(base: Node, override: Node, path: NodePath): Diagnostic {
  const names = { map: 'a mapping', seq: 'a list', scalar: 'a single value' };
  return {
    severity: 'error',
    code: 'merge/type-clash',
    message: `cannot override ${formatPath(path)}`,
    span: override.span,
    path: formatPath(path),
    notes: [
      {
        message: `this is ${names[override.kind]}, but it is ${names[base.kind]} here`,
        span: base.span,
      },
    ],
    hint: 'write both in the same form, or put `!override` before the new value to replace the old one',
  };
}
