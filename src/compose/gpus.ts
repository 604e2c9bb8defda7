import { mapNode, stringNode } from './node.ts';
import type { Expand } from './short-form.ts';
import { isString } from './tree-edit.ts';

/** `services.*.gpus`: the word `all` becomes one request for every device. */
export const expandGpus: Expand = (node) => {
  if (!isString(node)) return node;
  const request = mapNode([['count', stringNode('all', node.span)]], node.span);
  return { kind: 'seq', items: [request], span: node.span };
};
