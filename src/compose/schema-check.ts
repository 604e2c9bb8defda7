import type { Diagnostic } from './diagnostic.ts';
import type { MapNode, Node, NodePath } from './node.ts';
import { formatPath, nodeAt } from './node.ts';
import { describeFault } from './schema-fault.ts';
import type { SchemaFault } from './schema-validator.generated.js';
import { validate } from './schema-validator.generated.js';
import type { Span } from './source.ts';

/**
 * Every place where a merged tree departs from `schemas/compose.json`, in the order of the text.
 * Unknown keys are placed at the key, everything else at the value.
 */
export function checkSchema(tree: MapNode): Diagnostic[] {
  const infinite: Node[] = [];
  const plain = toValidated(tree, infinite);
  const found = validate(plain) ? [] : (validate.errors ?? []).map((fault) => locate(tree, fault));
  for (const node of infinite) {
    const message = 'a number must be finite here: infinity and "not a number" have no meaning';
    found.push({ severity: 'error', code: 'schema/not-finite', message, span: node.span });
  }
  return found.length > 1 ? inTextOrder(found) : found;
}

/**
 * Plain values as the validator wants them: ordinary objects, because its comparison of list items
 * calls their methods. Numbers that JSON cannot hold are reported and replaced.
 */
function toValidated(node: Node, infinite: Node[]): unknown {
  if (node.kind === 'seq') return node.items.map((item) => toValidated(item, infinite));
  if (node.kind === 'map') {
    const plain: Record<string, unknown> = {};
    for (const [key, entry] of node.entries) {
      const value = toValidated(entry.value, infinite);
      if (key !== '__proto__') plain[key] = value;
      else Object.defineProperty(plain, key, { value, enumerable: true });
    }
    return plain;
  }
  if (typeof node.value === 'bigint') return Number(node.value);
  if (typeof node.value === 'number' && !Number.isFinite(node.value)) {
    infinite.push(node);
    return 0;
  }
  return node.value;
}

function locate(tree: MapNode, fault: SchemaFault): Diagnostic {
  const path = pathOf(tree, fault.instancePath);
  const node = nodeAt(tree, path);
  const described = describeFault(fault, path, node);
  const span = spanOf(node, described.key) ?? tree.span;
  const trail = described.key === undefined ? path : [...path, described.key];
  return {
    severity: 'error',
    code: `schema/${described.code}`,
    message: [path.join('.'), described.message].filter((part) => part !== '').join(' '),
    span,
    path: formatPath(trail),
    ...(described.hint === undefined ? {} : { hint: described.hint }),
  };
}

function spanOf(node: Node | undefined, key: string | number | undefined): Span | undefined {
  if (key === undefined || node === undefined) return node?.span;
  if (node.kind === 'seq') return typeof key === 'number' ? node.items[key]?.span : node.span;
  return (node.kind === 'map' ? node.entries.get(String(key))?.keySpan : undefined) ?? node.span;
}

/** A JSON pointer says `0` for an index and for a key; the tree knows which. */
function pathOf(tree: MapNode, pointer: string): NodePath {
  const path: (string | number)[] = [];
  let node: Node | undefined = tree;
  for (const part of pointer.split('/').slice(1)) {
    const word = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const step: string | number = node?.kind === 'seq' ? Number(word) : word;
    path.push(step);
    if (node !== undefined) node = nodeAt(node, [step]);
  }
  return path;
}

function inTextOrder(found: readonly Diagnostic[]): Diagnostic[] {
  const files = [...new Set(found.map(({ span }) => span?.file))];
  return found.toSorted(
    (a, b) =>
      files.indexOf(a.span?.file) - files.indexOf(b.span?.file) ||
      (a.span?.start ?? 0) - (b.span?.start ?? 0),
  );
}
