import { isTrue, printValue, templateFunctions } from './functions.ts';
import type { Command, Operand, Pipeline, TemplateNode } from './syntax.ts';
import { TemplateError } from './template-error.ts';

/** Variables of the blocks around, innermost last. */
interface Scope {
  readonly dot: unknown;
  readonly variables: Map<string, unknown>;
}

/**
 * Applies a parsed template to data. Fields are properties; a property that is a function is called
 * with the operands behind it (`{{.Label "x"}}`).
 *
 * @throws TemplateError for unknown fields, functions and variables
 */
export function evaluateTemplate(nodes: readonly TemplateNode[], data: unknown): string {
  return renderAll(nodes, { dot: data, variables: new Map([['$', data]]) });
}

function renderAll(nodes: readonly TemplateNode[], scope: Scope): string {
  return nodes.map((node) => render(node, scope)).join('');
}

function render(node: TemplateNode, scope: Scope): string {
  switch (node.kind) {
    case 'text':
      return node.text;
    case 'output': {
      const value = evaluatePipeline(node.pipeline, scope);
      return node.pipeline.variables.length > 0 ? '' : printValue(value);
    }
    case 'if': {
      const inner = nested(scope);
      const holds = isTrue(evaluatePipeline(node.pipeline, inner));
      return renderAll(holds ? node.body : node.otherwise, inner);
    }
    case 'with': {
      const inner = nested(scope);
      const value = evaluatePipeline(node.pipeline, inner);
      return isTrue(value)
        ? renderAll(node.body, { ...inner, dot: value })
        : renderAll(node.otherwise, inner);
    }
    case 'range':
      return renderRange(node, scope);
  }
}

function renderRange(node: TemplateNode & { readonly kind: 'range' }, scope: Scope): string {
  const { variables, commands } = node.pipeline;
  const value = evaluatePipeline({ variables: [], assigns: false, commands }, scope);
  const entries: readonly (readonly [unknown, unknown])[] = Array.isArray(value)
    ? [...value.entries()]
    : Object.entries(value ?? {}).toSorted(([a], [b]) => (a < b ? -1 : 1));
  if (entries.length === 0) return renderAll(node.otherwise, nested(scope));
  return entries
    .map(([key, item]) => {
      const inner = { ...nested(scope), dot: item };
      const names = variables.length === 1 ? [undefined, variables[0]] : variables;
      if (names[0] !== undefined) inner.variables.set(names[0], key);
      if (names[1] !== undefined) inner.variables.set(names[1], item);
      return renderAll(node.body, inner);
    })
    .join('');
}

function nested(scope: Scope): Scope {
  return { dot: scope.dot, variables: new Map(scope.variables) };
}

function evaluatePipeline(pipeline: Pipeline, scope: Scope): unknown {
  let value: unknown;
  for (const [at, command] of pipeline.commands.entries()) {
    value = evaluateCommand(command, scope, at === 0 ? [] : [value]);
  }
  for (const name of pipeline.variables) scope.variables.set(name, value);
  return value;
}

function evaluateCommand(command: Command, scope: Scope, piped: readonly unknown[]): unknown {
  const [head, ...rest] = command as [Operand, ...Operand[]];
  const args = [...rest.map((operand) => evaluateOperand(operand, scope)), ...piped];
  if (head.kind === 'function') {
    const call = Object.hasOwn(templateFunctions, head.name)
      ? templateFunctions[head.name]
      : undefined;
    if (call === undefined) throw new TemplateError(`function "${head.name}" not defined`);
    return call(...args);
  }
  const value = evaluateOperand(head, scope);
  if (typeof value === 'function') return (value as (...given: unknown[]) => unknown)(...args);
  if (args.length > 0) {
    throw new TemplateError(`can't give argument to non-function ${describe(head)}`);
  }
  return value;
}

function evaluateOperand(operand: Operand, scope: Scope): unknown {
  switch (operand.kind) {
    case 'literal':
      return operand.value;
    case 'function':
      return evaluateCommand([operand], scope, []);
    case 'field':
      return walk(scope.dot, operand.path, operand.text);
    case 'variable': {
      if (!scope.variables.has(operand.name)) {
        throw new TemplateError(`undefined variable "${operand.name}"`);
      }
      return walk(scope.variables.get(operand.name), operand.path, operand.name);
    }
    case 'nested':
      return walk(evaluatePipeline(operand.pipeline, nested(scope)), operand.path, '(…)');
  }
}

function walk(start: unknown, path: readonly string[], shown: string): unknown {
  let value = start;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) {
      const known =
        typeof value === 'object' && value !== null ? Object.keys(value).join(', ') : 'none';
      throw new TemplateError(`at <${shown}>: can't evaluate field ${name} (fields: ${known})`);
    }
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function describe(operand: Operand): string {
  return operand.kind === 'field' ? operand.text : operand.kind;
}
