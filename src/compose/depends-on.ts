import { boolNode, formatPath, mapNode, stringNode } from './node.ts';
import type { MapNode, Node } from './node.ts';
import type { Expand } from './short-form.ts';
import type { Span } from './source.ts';
import { isString, mapValues, withMissing } from './tree-edit.ts';

/** `services.*.depends_on`: a mapping in which every dependency has a condition and `required`. */
export const expandDependsOn: Expand = (node, { path, fault }) => {
  if (node.kind === 'map') {
    return mapValues(node, (value, name, { keySpan }) => {
      if (value.kind === 'map') return withMissing(value, defaults(keySpan));
      fault('depends-on/invalid', `${formatPath([...path, name])}: unsupported value`, value);
      return value;
    });
  }
  if (node.kind !== 'seq' || !node.items.every(isString)) return node;
  return mapNode(
    node.items.map((item) => [item.value, dependencyNode(item.span)] as const),
    node.span,
  );
};

/**
 * A dependency that was only named: the service must have been started. `restart` says whether the
 * dependent service restarts with it.
 */
export function dependencyNode(span: Span, restart?: boolean): MapNode {
  const { condition, required } = defaults(span);
  const restarting: [string, Node][] =
    restart === undefined ? [] : [['restart', boolNode(restart, span)]];
  return mapNode([['condition', condition], ...restarting, ['required', required]], span);
}

function defaults(span: Span): { condition: Node; required: Node } {
  return { condition: stringNode('service_started', span), required: boolNode(true, span) };
}
