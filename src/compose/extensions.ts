import type { Extensions } from './model-basics.ts';
import type { MapNode, Node } from './node.ts';
import { keyOrder } from './key-order.ts';
import type { Rendered, Style } from './rendered.ts';
import { Float } from './rendered.ts';

/** The `x-` keys of an element as plain values; undefined where it has none. */
export function extensionsOf(node: MapNode): Extensions | undefined {
  let found: Record<string, unknown> | undefined;
  for (const [key, entry] of node.entries) {
    if (key.startsWith('x-')) {
      found ??= {};
      found[key] = plainValue(entry.value);
    }
  }
  return found;
}

function plainValue(node: Node): unknown {
  if (node.kind === 'seq') return node.items.map(plainValue);
  if (node.kind === 'map') {
    return Object.fromEntries(
      [...node.entries].map(([key, entry]) => [key, plainValue(entry.value)]),
    );
  }
  return typeof node.value === 'bigint' ? Number(node.value) : node.value;
}

/** `x-` keys ready to be printed. */
export function renderExtensions(
  extensions: Extensions,
  style: Style,
): ReadonlyMap<string, Rendered> {
  return renderPlain(extensions, style) as ReadonlyMap<string, Rendered>;
}

/** Any plain value. */
function renderPlain(value: unknown, style: Style): Rendered {
  if (Array.isArray(value)) return value.map((item) => renderPlain(item, style));
  if (typeof value === 'object' && value !== null) {
    const order = keyOrder(style);
    const entries = Object.entries(value).toSorted(([a], [b]) => order(a, b));
    return new Map(entries.map(([key, entry]) => [key, renderPlain(entry, style)]));
  }
  if (typeof value === 'number') return Number.isInteger(value) ? value : new Float(value, 64);
  return typeof value === 'boolean' || typeof value === 'string' ? value : null;
}
