import { mapNode, stringNode } from './node.ts';
import type { Expand } from './short-form.ts';
import { isString } from './tree-edit.ts';

/** `services.*.devices.*`: `source[:target[:permissions]]`; the target defaults to the source. */
export const expandDevice: Expand = (node, { fault }) => {
  if (!isString(node)) return node;
  const [source = '', target = '', permissions = 'rwm', ...rest] = node.value.split(':');
  if (rest.length > 0) {
    const message = `confusing device mapping, please use long syntax: ${node.value}`;
    fault('device/invalid', message, node);
    return node;
  }
  return mapNode(
    [
      ['source', stringNode(source, node.span)],
      ['target', stringNode(target === '' ? source : target, node.span)],
      ['permissions', stringNode(permissions, node.span)],
    ],
    node.span,
  );
};
