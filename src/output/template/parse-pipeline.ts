import type { Command, NumberOperand, Operand, Pipeline } from './syntax.ts';
import { showNode } from './syntax.ts';
import type { TokenReader } from './token-reader.ts';
import type { Token, TokenKind } from './token.ts';
import { unquote } from './unquote.ts';

/** What a command can begin with. */
const STARTS = new Set<TokenKind>([
  'bool',
  'character',
  'dot',
  'field',
  'identifier',
  'number',
  'nil',
  'raw-string',
  'string',
  'variable',
  'left-paren',
]);

/** What cannot take the result of the stage before it. */
const NOT_CALLABLE = new Set<Operand['kind']>(['bool', 'dot', 'nil', 'number', 'string']);

/** Reads what stands between `{{` and `}}`, and knows which variables there are. */
export class PipelineParser {
  readonly #reader: TokenReader;
  readonly #functions: ReadonlySet<string>;
  #variables: string[] = ['$'];

  constructor(reader: TokenReader, functions: ReadonlySet<string>) {
    this.#reader = reader;
    this.#functions = functions;
  }

  /** For {@link forget}: how many variables there are. */
  mark(): number {
    return this.#variables.length;
  }

  /** Forgets the variables that have come since. */
  forget(mark: number): void {
    this.#variables.length = mark;
  }

  /** A definition sees no variables of what is around it. */
  enterDefinition(): string[] {
    const outer = this.#variables;
    this.#variables = ['$'];
    return outer;
  }

  leaveDefinition(outer: string[]): void {
    this.#variables = outer;
  }

  /** Reads `$x := a b | c (d | e)` up to `end`, which is read too. */
  parse(context: string, end: 'close' | 'right-paren'): Pipeline {
    const { at } = this.#reader.peekWord();
    const { variables, assigns } = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#reader.nextWord();
      if (token.kind === end) break;
      if (!STARTS.has(token.kind)) throw this.#reader.unexpected(token, context);
      this.#reader.back();
      commands.push(this.#command());
    }
    this.#check(commands, context);
    return { kind: 'pipeline', variables, assigns, commands, at };
  }

  #check(commands: readonly Command[], context: string): void {
    if (commands.length === 0) throw this.#reader.fault(`missing value for ${context}`);
    for (const [stage, { args }] of commands.entries()) {
      if (stage > 0 && NOT_CALLABLE.has(args[0].kind)) {
        throw this.#reader.fault(`non executable command in pipeline stage ${stage + 1}`);
      }
    }
  }

  #declarations(context: string): Pick<Pipeline, 'variables' | 'assigns'> {
    const variables: string[] = [];
    while (this.#reader.peekWord().kind === 'variable') {
      const { text } = this.#reader.nextWord();
      const blank = this.#reader.peek().kind === 'space';
      const next = this.#reader.nextWord();
      if (next.kind === 'declare' || next.kind === 'assign') {
        variables.push(text);
        // That a variable to assign to is missing shows only when the template is applied.
        this.#variables.push(...variables);
        return { variables, assigns: next.kind === 'assign' };
      }
      if (next.kind === 'symbol' && next.text === ',') {
        variables.push(text);
        if (context === 'range' && variables.length < 2) {
          if (this.#reader.peekWord().kind === 'variable') continue;
          throw this.#reader.fault('range can only initialize variables');
        }
        throw this.#reader.fault(`too many declarations in ${context}`);
      }
      // It was an operand after all.
      this.#reader.back();
      if (blank) this.#reader.back();
      this.#reader.back();
      break;
    }
    return { variables: [], assigns: false };
  }

  #command(): Command {
    const { at } = this.#reader.peekWord();
    const args: Operand[] = [];
    for (;;) {
      this.#reader.peekWord();
      const operand = this.#operand();
      if (operand !== undefined) args.push(operand);
      const token = this.#reader.next();
      if (token.kind === 'space') continue;
      if (token.kind === 'close' || token.kind === 'right-paren') this.#reader.back();
      else if (token.kind !== 'pipe') throw this.#reader.unexpected(token, 'operand');
      break;
    }
    const [first, ...rest] = args;
    if (first === undefined) throw this.#reader.fault('empty command');
    return { kind: 'command', args: [first, ...rest], at };
  }

  /** A term and the fields behind it: `$x.A`, `(f .).B`. */
  #operand(): Operand | undefined {
    const term = this.#term();
    const first = this.#reader.peek();
    if (term === undefined || first.kind !== 'field') return term;
    const path: string[] = [];
    while (this.#reader.peek().kind === 'field') path.push(this.#reader.next().text.slice(1));
    switch (term.kind) {
      case 'field':
      case 'variable':
        return { ...term, path: [...term.path, ...path], at: first.at };
      case 'bool':
      case 'string':
      case 'number':
      case 'nil':
      case 'dot':
        throw this.#reader.fault(`unexpected . after term ${JSON.stringify(showNode(term))}`);
      default:
        return { kind: 'chain', operand: term, path, at: first.at };
    }
  }

  #term(): Operand | undefined {
    const token = this.#reader.nextWord();
    const { kind, text, at } = token;
    switch (kind) {
      case 'identifier':
        if (this.#functions.has(text)) return { kind, name: text, at };
        throw this.#reader.fault(`function ${JSON.stringify(text)} not defined`);
      case 'dot':
      case 'nil':
        return { kind, at };
      case 'bool':
        return { kind, value: text === 'true', at };
      case 'variable':
        this.#use(text);
        return { kind, name: text, path: [], at };
      case 'field':
        return { kind, path: [text.slice(1)], at };
      case 'number':
      case 'character':
        return this.#number(token);
      case 'string':
      case 'raw-string':
        return this.#string(token);
      case 'left-paren':
        return this.parse('parenthesized pipeline', 'right-paren');
      default:
        this.#reader.back();
        return undefined;
    }
  }

  #use(name: string): void {
    if (this.#variables.includes(name)) return;
    throw this.#reader.fault(`undefined variable ${JSON.stringify(name)}`);
  }

  #string({ text, at }: Token): Operand {
    const value = unquote(text);
    if (value === undefined) throw this.#reader.fault('invalid syntax');
    return { kind: 'string', value, text, at };
  }

  #number({ kind, text, at }: Token): NumberOperand {
    if (kind === 'character') {
      const [letter, ...more] = Array.from(unquote(text) ?? '');
      if (letter === undefined || more.length > 0) {
        throw this.#reader.fault(`malformed character constant: ${text}`);
      }
      return { kind: 'number', text, value: letter.codePointAt(0) ?? 0, isFloat: false, at };
    }
    const value = numberValue(text);
    if (Number.isNaN(value)) {
      throw this.#reader.fault(`illegal number syntax: ${JSON.stringify(text)}`);
    }
    const isFloat = /[.eEpP]/.test(text) && !/^[+-]?0[xX][^.pP]*$/.test(text);
    return { kind: 'number', text, value, isFloat, at };
  }
}

/** The value of a number as Go writes it: `1_000`, `0x1F`, `0b11`, `017`, `1e3`. */
function numberValue(text: string): number {
  const sign = text.startsWith('-') ? -1 : 1;
  const digits = text.replace(/^[+-]/, '').replaceAll('_', '');
  const octal = /^0([0-7]+)$/.exec(digits)?.[1];
  return sign * (octal === undefined ? Number(digits) : Number.parseInt(octal, 8));
}
