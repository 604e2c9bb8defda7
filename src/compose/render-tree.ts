import { jsonText } from './json-text.ts';
import { keyOrder } from './key-order.ts';
import type { MapNode, Node } from './node.ts';
import type { Rendered, Style } from './rendered.ts';
import { Float, Timestamp } from './rendered.ts';
import { yamlText } from './yaml-text.ts';

/** A tree as YAML, as it is: nothing interpolated, keys sorted. */
export function renderTreeYaml(tree: MapNode): string {
  return yamlText(renderNode(tree, 'yaml'));
}

/** A tree as JSON, as it is: nothing interpolated, keys sorted. */
export function renderTreeJson(tree: MapNode): string {
  return jsonText(renderNode(tree, 'json'), '  ');
}

function renderNode(node: Node, style: Style): Rendered {
  if (node.kind === 'seq') return node.items.map((item) => renderNode(item, style));
  if (node.kind === 'map') {
    const order = keyOrder(style);
    const entries = [...node.entries].toSorted(([a], [b]) => order(a, b));
    return new Map(entries.map(([key, { value }]) => [key, renderNode(value, style)]));
  }
  if (node.type === 'float') return new Float(Number(node.value), 64);
  return node.type === 'timestamp' ? new Timestamp(String(node.value)) : node.value;
}
