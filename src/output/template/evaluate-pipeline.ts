import {
  showNode,
  type ChainOperand,
  type Command,
  type NumberOperand,
  type Operand,
  type Pipeline,
  type Template,
  type TemplateNode,
} from './syntax.ts';
import { TemplateError } from './template-error.ts';
import { Float, isTrue, Receiver, typeName, type Callable, type ParameterType } from './values.ts';

/** Stands for the result of an earlier stage where there is none. */
const NONE = Symbol('no piped value');

/** Arguments as written, with the command's first word left out, and what was piped in. */
interface Arguments {
  readonly written: readonly Operand[];
  readonly piped: unknown;
}

const NO_ARGUMENTS: Arguments = { written: [], piped: NONE };

/** A call about to be made: the part of the template it stands for, and under which name. */
interface CallSite {
  readonly node: Command | Operand;
  readonly name: string;
}

interface Variable {
  readonly name: string;
  value: unknown;
}

/** Evaluates pipelines with Go's rules, and remembers where it is for messages. */
export class Evaluator {
  readonly #template: Template;
  readonly #functions: ReadonlyMap<string, Callable>;
  #variables: Variable[] = [];
  #node: TemplateNode | Command | Operand | undefined;

  constructor(template: Template, functions: ReadonlyMap<string, Callable>) {
    this.#template = template;
    this.#functions = functions;
  }

  /** Begins a template of its own variables; gives those of the one around it, for {@link leave}. */
  enter(data: unknown): Variable[] {
    const outer = this.#variables;
    this.#variables = [{ name: '$', value: data }];
    return outer;
  }

  leave(outer: Variable[]): void {
    this.#variables = outer;
  }

  mark(): number {
    return this.#variables.length;
  }

  forget(mark: number): void {
    this.#variables.length = mark;
  }

  set(name: string, value: unknown, { isNew }: { readonly isNew: boolean }): void {
    const known = isNew ? undefined : this.#variables.findLast((each) => each.name === name);
    if (known !== undefined) known.value = value;
    else if (isNew) this.#variables.push({ name, value });
    else throw this.fault(`undefined variable: ${name}`);
  }

  /** The part that messages name from now on. */
  at(node: TemplateNode | Command | Operand): void {
    this.#node = node;
  }

  /** A failure at the current place. */
  fault(message: string): TemplateError {
    const node = this.#node;
    if (node === undefined) return new TemplateError(`template: : ${message}`);
    const before = this.#template.source.slice(0, node.at).split('\n');
    const place = `${before.length}:${Buffer.byteLength(before.at(-1) ?? '')}`;
    return new TemplateError(
      `template: :${place}: executing "" at <${showNode(node)}>: ${message}`,
    );
  }

  pipeline(pipeline: Pipeline, dot: unknown): unknown {
    this.at(pipeline);
    let value: unknown = NONE;
    for (const command of pipeline.commands) value = this.#command(command, dot, value);
    for (const name of pipeline.variables) this.set(name, value, { isNew: !pipeline.assigns });
    return value;
  }

  #command({ args, ...rest }: Command, dot: unknown, piped: unknown): unknown {
    const [first, ...written] = args;
    const given = { written, piped };
    switch (first.kind) {
      case 'field':
        this.at(first);
        return this.#walk({ value: dot, path: first.path, node: first }, given, dot);
      case 'chain':
        return this.#chain(first, given, dot);
      case 'identifier':
        return this.#function({ node: { args, ...rest }, name: first.name }, first, given, dot);
      case 'pipeline':
        this.#refuseArguments(first, given);
        return this.pipeline(first, dot);
      case 'variable':
        return this.#variable(first, given, dot);
      default:
    }
    this.at(first);
    this.#refuseArguments(first, given);
    switch (first.kind) {
      case 'dot':
        return dot;
      case 'nil':
        throw this.fault('nil is not a command');
      case 'number':
        return constant(first);
      case 'bool':
      case 'string':
        return first.value;
    }
  }

  #refuseArguments(first: Operand, { written, piped }: Arguments): void {
    if (written.length === 0 && piped === NONE) return;
    throw this.fault(`can't give argument to non-function ${showNode(first)}`);
  }

  #variable(node: Operand & { kind: 'variable' }, given: Arguments, dot: unknown): unknown {
    this.at(node);
    const value = this.#variables.findLast(({ name }) => name === node.name)?.value;
    if (node.path.length > 0) return this.#walk({ value, path: node.path, node }, given, dot);
    this.#refuseArguments(node, given);
    return value;
  }

  #chain(node: ChainOperand, given: Arguments, dot: unknown): unknown {
    this.at(node);
    const value = this.#argument(node.operand, undefined, dot);
    return this.#walk({ value, path: node.path, node }, given, dot);
  }

  /** Follows the names of a path; only the last one may be called with arguments. */
  #walk(
    { value, path, node }: { value: unknown; readonly path: readonly string[]; node: Operand },
    given: Arguments,
    dot: unknown,
  ): unknown {
    let found = value;
    for (const [at, name] of path.entries()) {
      const own = at === path.length - 1 ? given : NO_ARGUMENTS;
      found = this.#field({ receiver: found, name, node }, own, dot);
    }
    return found;
  }

  #field(
    { receiver, name, node }: { readonly receiver: unknown; readonly name: string; node: Operand },
    given: Arguments,
    dot: unknown,
  ): unknown {
    if (receiver === undefined) return undefined;
    const hasArguments = given.written.length > 0 || given.piped !== NONE;
    if (receiver instanceof Receiver) {
      const method = receiver.methods.get(name);
      if (method !== undefined) return this.#call(method, { node, name }, given, dot);
      if (receiver.entries !== undefined) return receiver.entries.get(name);
    } else if (receiver instanceof Map) {
      if (hasArguments) throw this.fault(`${name} is not a method but has arguments`);
      return (receiver as ReadonlyMap<string, unknown>).get(name);
    } else if (typeof receiver === 'object' && receiver !== null && Object.hasOwn(receiver, name)) {
      if (!Array.isArray(receiver) && !(receiver instanceof Float)) {
        if (hasArguments) {
          throw this.fault(`${name} has arguments but cannot be invoked as function`);
        }
        return (receiver as Readonly<Record<string, unknown>>)[name];
      }
    }
    throw this.fault(`can't evaluate field ${name} in type ${typeName(receiver)}`);
  }

  #function(site: CallSite, node: Operand, given: Arguments, dot: unknown): unknown {
    this.at(node);
    const found = this.#functions.get(site.name);
    if (found === undefined) {
      throw this.fault(`${JSON.stringify(site.name)} is not a defined function`);
    }
    return this.#call(found, site, given, dot);
  }

  #call(callable: Callable, site: CallSite, given: Arguments, dot: unknown): unknown {
    const { parameters, variadic } = callable;
    this.#checkCount(callable, site, given);
    const { written, piped } = given;
    if (site.name === 'and' || site.name === 'or') return this.#firstThat(site, given, dot);
    const typeAt = (at: number): ParameterType => parameters[at] ?? variadic ?? 'any';
    const values = written.map((operand, at) => this.#argument(operand, typeAt(at), dot));
    if (piped !== NONE) values.push(this.#checked(piped, typeAt(written.length)));
    if (site.name === 'call') throw this.#notFunction(site, written, values);
    try {
      return callable.call(...values);
    } catch (error) {
      this.at(site.node);
      const why = error instanceof Error ? error.message : String(error);
      throw this.fault(`error calling ${site.name}: ${why}`);
    }
  }

  /** No value of a list is a function. */
  #notFunction({ node }: CallSite, written: readonly Operand[], values: unknown[]): TemplateError {
    const [first] = written;
    this.at(node);
    const what = first === undefined ? 'nil' : showNode(first);
    return this.fault(`error calling call: non-function ${what} of type ${typeName(values[0])}`);
  }

  #checkCount({ parameters, variadic }: Callable, { name }: CallSite, given: Arguments): void {
    const { length: written } = given.written;
    const count = written + (given.piped === NONE ? 0 : 1);
    if (variadic === undefined && count !== parameters.length) {
      throw this.fault(`wrong number of args for ${name}: want ${parameters.length} got ${count}`);
    }
    if (count < parameters.length) {
      const least = `want at least ${parameters.length} got ${written}`;
      throw this.fault(`wrong number of args for ${name}: ${least}`);
    }
  }

  /** `and` and `or`: arguments behind the one that decides are not evaluated. */
  #firstThat({ name }: CallSite, { written, piped }: Arguments, dot: unknown): unknown {
    let value: unknown;
    for (const operand of written) {
      value = this.#argument(operand, 'any', dot);
      if (isTrue(value) === (name === 'or')) return value;
    }
    return piped === NONE ? value : piped;
  }

  /** The value of an argument, which has to be of the type. */
  #argument(operand: Operand, type: ParameterType | undefined, dot: unknown): unknown {
    this.at(operand);
    switch (operand.kind) {
      case 'dot':
        return this.#checked(dot, type);
      case 'nil':
        if (type === 'string' || type === 'int') throw this.fault(`cannot assign nil to ${type}`);
        return undefined;
      case 'field':
      case 'variable':
      case 'pipeline':
      case 'chain':
        return this.#checked(this.#reference(operand, dot), type);
      case 'identifier':
        return this.#checked(
          this.#function({ node: operand, name: operand.name }, operand, NO_ARGUMENTS, dot),
          type,
        );
      case 'bool':
      case 'string':
      case 'number':
        return this.#literal(operand, type);
    }
  }

  #reference(
    operand: Operand & { kind: 'field' | 'variable' | 'pipeline' | 'chain' },
    dot: unknown,
  ): unknown {
    switch (operand.kind) {
      case 'field':
        return this.#walk({ value: dot, path: operand.path, node: operand }, NO_ARGUMENTS, dot);
      case 'variable':
        return this.#variable(operand, NO_ARGUMENTS, dot);
      case 'pipeline':
        return this.pipeline(operand, dot);
      case 'chain':
        return this.#chain(operand, NO_ARGUMENTS, dot);
    }
  }

  #literal(
    operand: Operand & { kind: 'bool' | 'string' | 'number' },
    type: ParameterType | undefined,
  ): unknown {
    if (type === 'string' && operand.kind !== 'string') {
      throw this.fault(`expected string; found ${showNode(operand)}`);
    }
    if (type === 'int' && (operand.kind !== 'number' || !Number.isInteger(operand.value))) {
      throw this.fault(`expected integer; found ${showNode(operand)}`);
    }
    if (type === '[]string') {
      throw this.fault(`can't handle ${showNode(operand)} for arg of type []string`);
    }
    if (operand.kind !== 'number') return operand.value;
    return type === 'int' ? operand.value : constant(operand);
  }

  /** A value that was computed, if a parameter of the type can take it. */
  #checked(value: unknown, type: ParameterType | undefined): unknown {
    if (type === undefined || type === 'any') return value;
    if (value === undefined || value === null) {
      if (type === '[]string') return [];
      throw this.fault(`invalid value; expected ${type}`);
    }
    if (typeName(value) === type) return value;
    throw this.fault(`wrong type for value; expected ${type}; got ${typeName(value)}`);
  }
}

/** A literal number where no type is asked for. */
function constant({ value, isFloat }: NumberOperand): number | Float {
  return isFloat ? new Float(value) : value;
}
