import { mapNode, nullNode } from './node.ts';
import type { Expand } from './short-form.ts';
import { isString } from './tree-edit.ts';

/** One string where a list is meant (`dns`, `label_file`, what `develop.watch` ignores). */
export const expandStringList: Expand = (node) =>
  isString(node) ? { kind: 'seq', items: [node], span: node.span } : node;

/** Names where a mapping is meant (`networks`, `models` of a service): each has no options. */
export const expandNames: Expand = (node) => {
  if (node.kind !== 'seq' || !node.items.every(isString)) return node;
  return mapNode(
    node.items.map((item) => [item.value, nullNode(item.span)] as const),
    node.span,
  );
};

/** `services.*.extends`: the name of a service of the same file. */
export const expandExtends: Expand = (node) =>
  isString(node) ? mapNode([['service', node]], node.span) : node;
