import { boolNode, mapNode } from './node.ts';
import type { Node } from './node.ts';
import type { Expand } from './short-form.ts';
import { isString, withMissing } from './tree-edit.ts';

/** `services.*.env_file`: a list of `{path, required}`; files are required unless said otherwise. */
export const expandEnvFile: Expand = (node) => {
  if (isString(node)) return { kind: 'seq', items: [fileNode(node)], span: node.span };
  if (node.kind !== 'seq') return node;
  return { ...node, items: node.items.map(fileNode) };
};

function fileNode(item: Node): Node {
  if (item.kind === 'map') return withMissing(item, { required: boolNode(true, item.span) });
  if (!isString(item)) return item;
  return mapNode(
    [
      ['path', item],
      ['required', boolNode(true, item.span)],
    ],
    item.span,
  );
}
