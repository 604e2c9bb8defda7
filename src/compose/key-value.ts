import { stringNode } from './node.ts';
import type { MapEntry, MapNode, Node, SequenceNode } from './node.ts';
import { scalarText } from './scalar-text.ts';
import type { Span } from './source.ts';

/**
 * `{A: 1, B: null}` as `[A=1, B]`, sorted, each entry placed where key and value were written; a
 * list of values gives one entry per value.
 */
export function mapToSequence(map: MapNode): SequenceNode {
  const items: { text: string; node: Node }[] = [];
  for (const [key, entry] of map.entries) {
    for (const value of entry.value.kind === 'seq' ? entry.value.items : [entry.value]) {
      const text = keyValue(key, value);
      const replaced = value.replaced === undefined ? {} : { replaced: value.replaced };
      items.push({ text, node: { ...stringNode(text, entrySpan(entry, value)), ...replaced } });
    }
  }
  items.sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0));
  return { kind: 'seq', items: items.map(({ node }) => node), span: map.span };
}

function keyValue(key: string, value: Node): string {
  if (value.kind === 'scalar' && value.type === 'null') return key;
  return value.kind === 'scalar' ? `${key}=${scalarText(value)}` : `${key}=`;
}

function entrySpan({ keySpan }: MapEntry, { span }: Node): Span {
  const together = keySpan.file === span.file && keySpan.start <= span.start;
  return together ? { ...keySpan, end: span.end } : keySpan;
}
