import type { Node, NodePath } from './node.ts';

export interface FoundNode {
  readonly path: NodePath;
  readonly node: Node;
  /** Where the key was written; absent for entries of lists. */
  readonly key?: { readonly span: Node['span'] };
}

/** How far a path could be followed, and what could have come next. */
export interface LostPath {
  readonly path: NodePath;
  readonly choices: readonly string[];
}

/** Parts of `services.web.ports[0]` or `services."a.b".image`; brackets hold an index or a name. */
export function parsePath(text: string): string[] {
  const parts: string[] = [];
  for (const [, quoted, bracketed, plain] of text.matchAll(
    /"((?:[^"\\]|\\.)*)"|\[([^\]]*)\]|([^.[\]"]+)/g,
  )) {
    if (quoted !== undefined) parts.push(quoted.replaceAll(/\\(.)/g, '$1'));
    else parts.push(bracketed?.replace(/^"(.*)"$/, '$1') ?? plain ?? '');
  }
  return parts;
}

/**
 * Follows the parts through a tree the way a user thinks of it: variables and labels by name also
 * where they are a list of `NAME=value`, mounts and ports by target, names with dots unquoted.
 */
export function findNode(root: Node, parts: readonly string[]): FoundNode | LostPath {
  let found: FoundNode = { path: [], node: root };
  let rest = parts;
  while (rest.length > 0) {
    const next = step(found, rest);
    if (next === undefined) return { path: found.path, choices: choicesOf(found.node) };
    found = next.found;
    rest = rest.slice(next.taken);
  }
  return found;
}

interface Step {
  readonly found: FoundNode;
  readonly taken: number;
}

function step({ path, node }: FoundNode, parts: readonly string[]): Step | undefined {
  for (let taken = 1; taken <= parts.length; taken += 1) {
    const word = parts.slice(0, taken).join('.');
    if (node.kind === 'map') {
      const entry = node.entries.get(word);
      if (entry === undefined) continue;
      const found = { path: [...path, word], node: entry.value, key: { span: entry.keySpan } };
      return { found, taken };
    }
    if (node.kind === 'seq') {
      const index = indexOf(node.items, word);
      const item = node.items[index];
      if (item !== undefined) return { found: { path: [...path, index], node: item }, taken };
    }
  }
  return undefined;
}

function indexOf(items: readonly Node[], word: string): number {
  if (/^\d+$/.test(word) && Number(word) < items.length) return Number(word);
  return items.findIndex((item) => namesOf(item).includes(word));
}

function namesOf(item: Node): string[] {
  if (item.kind === 'scalar') return [String(item.value).split('=', 1)[0] ?? ''];
  if (item.kind === 'seq') return [];
  return ['target', 'source', 'path', 'name'].flatMap((key) => {
    const value = item.entries.get(key)?.value;
    return value?.kind === 'scalar' ? [String(value.value)] : [];
  });
}

function choicesOf(node: Node): string[] {
  if (node.kind === 'map') return [...node.entries.keys()];
  if (node.kind === 'scalar') return [];
  return node.items.map((item, index) => namesOf(item)[0] ?? String(index));
}
