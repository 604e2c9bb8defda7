import { formatPath, mapNode, stringNode } from './node.ts';
import type { Node } from './node.ts';
import { scalarText } from './scalar-text.ts';
import type { Expand } from './short-form.ts';
import { isString } from './tree-edit.ts';

/** `services.*.build`: a string is the context. */
export const expandBuild: Expand = (node) =>
  isString(node) ? mapNode([['context', node]], node.span) : node;

/** `services.*.build.provenance` and `.sbom`: a boolean becomes its text. */
export const expandAttestation: Expand = (node) =>
  node.kind === 'scalar' && node.type !== 'str' ? stringNode(scalarText(node), node.span) : node;

/** `services.*.build.additional_contexts`: `name=value` lines become a mapping. */
export const expandContexts: Expand = (node, { path, fault }) => {
  if (node.kind !== 'seq') return node;
  const contexts: (readonly [string, Node])[] = [];
  for (const [index, item] of node.items.entries()) {
    if (!isString(item)) return node;
    const at = item.value.indexOf('=');
    if (at < 0) {
      const message = `${formatPath(path)}: invalid value ${item.value}, expected key=value`;
      fault('build/invalid-context', message, item, index);
      return node;
    }
    contexts.push([item.value.slice(0, at), stringNode(item.value.slice(at + 1), item.span)]);
  }
  return mapNode(contexts, node.span);
};
