import type { Node } from './node.ts';

/** `node`, remembering that it took the place of `replaced` (and of all that one had replaced). */
export function overriding(node: Node, replaced: Node): Node {
  if (node === replaced) return node;
  return {
    ...node,
    replaced: [...(node.replaced ?? []), replaced, ...(replaced.replaced ?? [])],
  };
}
