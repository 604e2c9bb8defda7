import { boolNode, stringNode } from './node.ts';
import type { MapNode, Node } from './node.ts';
import { pathRules } from './path-rules.ts';
import { rewriteAt, rewriteTree, stringOf, withMissing } from './tree-edit.ts';

const DEFAULTS = pathRules<(node: MapNode) => MapNode>({
  'services.*.build': (build) => withMissing(build, { context: stringNode('.', build.span) }),
  'services.*.secrets.*': secretTarget,
  'services.*.ports.*': portProtocol,
  'services.*.deploy.resources.reservations.devices.*': allDevices,
  'services.*.gpus.*': allDevices,
  'services.*.volumes.*.bind': (bind) =>
    withMissing(bind, { create_host_path: boolNode(true, bind.span) }),
});

/** Fills in what the specification sets where a canonical tree says nothing. */
export function setDefaults(tree: MapNode): MapNode {
  return rewriteTree(tree, DEFAULTS, (fill, node) => (node.kind === 'map' ? fill(node) : node));
}

function secretTarget(secret: MapNode): MapNode {
  const source = secret.entries.get('source')?.value;
  const name = stringOf(source);
  if (source === undefined || name === undefined) return secret;
  return withMissing(secret, { target: stringNode(`/run/secrets/${name}`, source.span) });
}

function portProtocol(port: MapNode): MapNode {
  return withMissing(port, {
    protocol: stringNode('tcp', port.span),
    mode: stringNode('ingress', port.span),
  });
}

function allDevices(request: MapNode): MapNode {
  if (request.entries.has('device_ids')) return request;
  return withMissing(request, { count: stringNode('all', request.span) });
}

/** Drops empty DNS servers: they come from variables that are not set, and mean nothing. */
export function omitEmpty(tree: MapNode): MapNode {
  return rewriteAt(tree, 'services.*.dns', (node) => {
    if (node.kind !== 'seq' || !node.items.some(isEmpty)) return node;
    return { ...node, items: node.items.filter((item) => !isEmpty(item)) };
  });
}

function isEmpty(node: Node): boolean {
  return node.kind === 'scalar' && (node.type === 'null' || node.value === '');
}
