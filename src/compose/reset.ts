import type { MapEntry, MapNode, Node } from './node.ts';
import { overriding } from './overriding.ts';
import { mapValues } from './tree-edit.ts';

/** Places that a document clears with `!reset` or `!override`, as a tree of keys. */
export interface Resets {
  readonly cleared: boolean;
  readonly below: ReadonlyMap<string, Resets>;
}

const none: Resets = { cleared: false, below: new Map() };
const here: Resets = { cleared: true, below: new Map() };

/**
 * Takes the directives out of a document: the tree without them (what `!reset` marks is gone, what
 * `!override` marks stays) and the places that must be cleared in whatever the document is merged
 * over. Inside sequences `!reset` drops the entry, but nothing can be cleared there.
 */
export function takeResets(document: MapNode): { node: MapNode; resets: Resets } {
  if (!hasDirective(document, new Map())) return { node: document, resets: none };
  const { node, resets } = take(document);
  return { node: node?.kind === 'map' ? node : { ...document, entries: new Map() }, resets };
}

function hasDirective(node: Node, known: Map<Node, boolean>): boolean {
  if (node.directive !== undefined) return true;
  if (node.kind === 'scalar') return false;
  const before = known.get(node);
  if (before !== undefined) return before;
  let found = false;
  if (node.kind === 'seq') found = node.items.some((item) => hasDirective(item, known));
  else for (const { value } of node.entries.values()) found ||= hasDirective(value, known);
  known.set(node, found);
  return found;
}

interface Taken {
  readonly node: Node | undefined;
  readonly resets: Resets;
}

function take(node: Node): Taken {
  if (node.directive === 'reset') return { node: undefined, resets: here };
  if (node.directive === 'override') return { node: withoutDirectives(node), resets: here };
  return takeBelow(node);
}

/** What an override holds is taken as it is: directives inside it have no meaning. */
function withoutDirectives(node: Node): Node {
  const { directive: _, ...plain } = node;
  if (plain.kind === 'map') return mapValues(plain, withoutDirectives);
  return plain.kind === 'seq' ? { ...plain, items: plain.items.map(withoutDirectives) } : plain;
}

function takeBelow(node: Node): Taken {
  if (node.kind === 'scalar') return { node, resets: none };
  if (node.kind === 'seq') {
    return {
      node: { ...node, items: node.items.flatMap((item) => take(item).node ?? []) },
      resets: none,
    };
  }
  const entries = new Map<string, MapEntry>();
  const below = new Map<string, Resets>();
  for (const [key, entry] of node.entries) {
    const { node: value, resets } = take(entry.value);
    if (value !== undefined) entries.set(key, { ...entry, value });
    if (resets !== none) below.set(key, resets);
  }
  const resets = below.size === 0 ? none : { cleared: false, below };
  return { node: { ...node, entries }, resets };
}

/** The resets that hold below `path`; for a part of a document merged on its own. */
export function resetsAt(resets: Resets, path: readonly string[]): Resets {
  let place: Resets | undefined = resets;
  for (const key of path) place = place?.below.get(key);
  return place ?? none;
}

/** `target` without the places that are cleared. */
export function applyResets<T extends Node>(target: T, resets: Resets): T {
  if (resets.below.size === 0 || target.kind !== 'map') return target;
  const entries = new Map(target.entries);
  for (const [key, below] of resets.below) {
    const entry = entries.get(key);
    if (entry === undefined) continue;
    if (below.cleared) entries.delete(key);
    else entries.set(key, { ...entry, value: applyResets(entry.value, below) });
  }
  return { ...target, entries };
}

/** `document` with every `!override` remembering the value of `target` that it clears. */
export function rememberCleared<T extends Node>(document: T, target: Node, resets: Resets): T {
  if (resets.below.size === 0 || document.kind !== 'map' || target.kind !== 'map') return document;
  const entries = new Map(document.entries);
  for (const [key, below] of resets.below) {
    const entry = entries.get(key);
    const before = target.entries.get(key)?.value;
    if (entry === undefined || before === undefined) continue;
    const value = below.cleared
      ? overriding(entry.value, before)
      : rememberCleared(entry.value, before, below);
    entries.set(key, { ...entry, value });
  }
  return { ...document, entries };
}
