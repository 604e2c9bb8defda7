import type { MapNode, Node } from './node.ts';
import { expressionsOf, splitExpression } from './substitute.ts';

/** A variable that a document uses. */
export interface Variable {
  readonly name: string;
  /** `${NAME?}`: loading fails without it. */
  readonly required: boolean;
  /** What stands after `-`; empty without. */
  readonly defaultValue: string;
  /** What stands after `+`; empty without. */
  readonly alternateValue: string;
}

/**
 * The variables of a document that has not been interpolated, also those nested in defaults, sorted
 * by name. Of several uses of one name the last that is visited counts, as in the reference.
 */
export function listVariables(root: MapNode): Variable[] {
  const found = new Map<string, Variable>();
  visit(root, found);
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)));
}

function visit(node: Node, found: Map<string, Variable>): void {
  if (node.kind === 'map') for (const entry of node.entries.values()) visit(entry.value, found);
  else if (node.kind === 'seq') for (const item of node.items) visit(item, found);
  else if (node.type === 'str') collect(String(node.value), found);
}

function collect(template: string, found: Map<string, Variable>): void {
  for (const expression of expressionsOf(template)) {
    const { name, operator, operand } = splitExpression(expression);
    const defaultValue = operator.endsWith('-') ? operand : '';
    const alternateValue = operator.endsWith('+') ? operand : '';
    found.set(name, { name, required: operator.endsWith('?'), defaultValue, alternateValue });
    collect(defaultValue, found);
    collect(alternateValue, found);
  }
}
