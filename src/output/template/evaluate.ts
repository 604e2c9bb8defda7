import { Evaluator } from './evaluate-pipeline.ts';
import type { BranchNode, Template, TemplateCall, TemplateNode } from './syntax.ts';
import { isTrue, printValue, typeName, type Callable } from './values.ts';

/** How a template is applied. */
export interface Application {
  readonly functions: ReadonlyMap<string, Callable>;
  /** Gets the text bit by bit: what comes before a fault has been written then. */
  readonly write: (text: string) => void;
}

/**
 * Applies a parsed template to data.
 *
 * @throws TemplateError in the wording of Go, with the place
 */
export function applyTemplate(template: Template, data: unknown, application: Application): void {
  const evaluator = new Evaluator(template, application.functions);
  new Renderer(template, evaluator, application.write).run(template.nodes, data);
}

/** What ends an iteration early. */
type Jump = 'break' | 'continue' | undefined;

/** Templates may call themselves. */
const MAX_DEPTH = 1000;

class Renderer {
  readonly #template: Template;
  readonly #evaluator: Evaluator;
  readonly #write: (text: string) => void;
  #depth = 0;

  constructor(template: Template, evaluator: Evaluator, write: (text: string) => void) {
    this.#template = template;
    this.#evaluator = evaluator;
    this.#write = write;
  }

  run(nodes: readonly TemplateNode[], data: unknown): void {
    const outer = this.#evaluator.enter(data);
    this.#all(nodes, data);
    this.#evaluator.leave(outer);
  }

  #all(nodes: readonly TemplateNode[], dot: unknown): Jump {
    for (const node of nodes) {
      const jump = this.#one(node, dot);
      if (jump !== undefined) return jump;
    }
    return undefined;
  }

  #one(node: TemplateNode, dot: unknown): Jump {
    this.#evaluator.at(node);
    switch (node.kind) {
      case 'text':
        this.#write(node.text);
        return undefined;
      case 'action': {
        const value = this.#evaluator.pipeline(node.pipeline, dot);
        if (node.pipeline.variables.length === 0) this.#write(shown(value));
        return undefined;
      }
      case 'if':
      case 'with':
        return this.#choose(node, dot);
      case 'range':
        return this.#range(node, dot);
      case 'break':
      case 'continue':
        return node.kind;
      case 'template':
        this.#call(node, dot);
        return undefined;
    }
  }

  #choose(node: BranchNode, dot: unknown): Jump {
    const mark = this.#evaluator.mark();
    const value = this.#evaluator.pipeline(node.pipeline, dot);
    const jump = isTrue(value)
      ? this.#all(node.body, node.kind === 'with' ? value : dot)
      : this.#all(node.otherwise, dot);
    this.#evaluator.forget(mark);
    return jump;
  }

  #range(node: BranchNode, dot: unknown): Jump {
    const { pipeline } = node;
    const mark = this.#evaluator.mark();
    const value = this.#evaluator.pipeline(pipeline, dot);
    if (typeof value === 'number' && pipeline.variables.length > 1) {
      const what = `can't use ${value} to iterate over more than one variable`;
      throw this.#evaluator.fault(what);
    }
    let any = false;
    for (const [key, item] of this.#entries(value)) {
      any = true;
      const inner = this.#evaluator.mark();
      const { variables, assigns } = pipeline;
      const values = variables.length > 1 ? [key, item] : [item];
      for (const [at, name] of variables.entries()) {
        this.#evaluator.set(name, values[at], { isNew: !assigns });
      }
      const jump = this.#all(node.body, item);
      this.#evaluator.forget(inner);
      if (jump === 'break') break;
    }
    const jump = any ? undefined : this.#all(node.otherwise, dot);
    this.#evaluator.forget(mark);
    return jump;
  }

  #entries(value: unknown): Iterable<readonly [unknown, unknown]> {
    if (value === undefined || value === null) return [];
    if (Array.isArray(value)) return value.entries();
    if (typeof value === 'number') {
      return Array.from({ length: Math.max(0, value) }, (_item, at) => [at, at] as const);
    }
    if (value instanceof Map) {
      return [...(value as ReadonlyMap<string, unknown>)].toSorted(([a], [b]) => (a < b ? -1 : 1));
    }
    throw this.#evaluator.fault(`range can't iterate over ${printValue(value)}`);
  }

  #call(node: TemplateCall, dot: unknown): void {
    const nodes = this.#template.defined.get(node.name);
    if (nodes === undefined) {
      throw this.#evaluator.fault(`template ${JSON.stringify(node.name)} not defined`);
    }
    if (this.#depth === MAX_DEPTH) {
      throw this.#evaluator.fault(`exceeded maximum template depth (${MAX_DEPTH})`);
    }
    this.#depth += 1;
    const data =
      node.pipeline === undefined ? undefined : this.#evaluator.pipeline(node.pipeline, dot);
    this.run(nodes, data);
    this.#depth -= 1;
  }
}

function shown(value: unknown): string {
  if (value === undefined) return '<no value>';
  return typeName(value) === 'nil' ? '<nil>' : printValue(value);
}
