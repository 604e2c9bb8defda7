import { mapNode, nullNode, stringNode } from './node.ts';
import type { Node } from './node.ts';
import type { Expand } from './short-form.ts';
import { isString } from './tree-edit.ts';

/** `services.*.build.ssh`: `id=path` lines become a mapping; only `default` needs no path. */
export const expandSsh: Expand = (node, { fault }) => {
  if (node.kind !== 'seq') return node;
  const keys: (readonly [string, Node])[] = [];
  for (const [index, item] of node.items.entries()) {
    if (!isString(item)) return node;
    const at = item.value.indexOf('=');
    if (at >= 0) {
      keys.push([item.value.slice(0, at), stringNode(item.value.slice(at + 1), item.span)]);
    } else if (item.value === 'default') keys.push(['default', nullNode(item.span)]);
    else {
      fault('build/invalid-ssh-key', `invalid ssh key ${JSON.stringify(item.value)}`, item, index);
      return node;
    }
  }
  return mapNode(keys, node.span);
};
