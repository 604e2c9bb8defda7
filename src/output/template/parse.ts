import type { Command, Operand, Pipeline, TemplateNode } from './syntax.ts';
import { TemplateError } from './template-error.ts';
import { tokenize, type Piece, type Token } from './tokens.ts';

/** Parses a Go template. @throws TemplateError in the wording of Go where scripts may see it */
export function parseTemplate(source: string): readonly TemplateNode[] {
  const parser = new Parser(tokenize(source));
  return parser.parse();
}

interface Block {
  readonly nodes: readonly TemplateNode[];
  /** The action that ended the block: `else …`, `end`, or nothing at the end of the template. */
  readonly end: readonly Token[] | undefined;
}

class Parser {
  readonly #pieces: readonly Piece[];
  #at = 0;

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
  }

  parse(): readonly TemplateNode[] {
    const { nodes, end } = this.#block();
    if (end !== undefined) throw new TemplateError(`unexpected {{${end[0]?.text ?? ''}}}`);
    return nodes;
  }

  #block(): Block {
    const nodes: TemplateNode[] = [];
    for (let piece = this.#next(); piece !== undefined; piece = this.#next()) {
      if (piece.kind === 'text') {
        nodes.push(piece);
        continue;
      }
      const [first, ...rest] = piece.tokens;
      if (first === undefined) throw new TemplateError('missing value for command');
      if (first.kind === 'word' && (first.text === 'end' || first.text === 'else')) {
        return { nodes, end: piece.tokens };
      }
      nodes.push(this.#action(first, rest));
    }
    return { nodes, end: undefined };
  }

  #next(): Piece | undefined {
    this.#at += 1;
    return this.#pieces[this.#at - 1];
  }

  #action(first: Token, rest: readonly Token[]): TemplateNode {
    const { text } = first;
    if (first.kind === 'word' && (text === 'if' || text === 'with' || text === 'range')) {
      return this.#control(text, rest);
    }
    return { kind: 'output', pipeline: parsePipeline([first, ...rest]) };
  }

  #control(kind: 'if' | 'with' | 'range', condition: readonly Token[]): TemplateNode {
    const pipeline = parsePipeline(condition);
    const { nodes, end } = this.#block();
    if (end === undefined) throw new TemplateError('unexpected EOF');
    const otherwise = end[0]?.text === 'else' ? this.#otherwise(end.slice(1)) : [];
    return { kind, pipeline, body: nodes, otherwise };
  }

  /** `{{else}}` up to `{{end}}`, or `{{else if …}}`, which shares the `{{end}}`. */
  #otherwise(chained: readonly Token[]): readonly TemplateNode[] {
    const [word, ...condition] = chained;
    if (word !== undefined) {
      if (word.text !== 'if' && word.text !== 'with') {
        throw new TemplateError(`unexpected <${word.text}> in else`);
      }
      return [this.#control(word.text, condition)];
    }
    const { nodes, end } = this.#block();
    if (end === undefined) throw new TemplateError('unexpected EOF');
    return nodes;
  }
}

/** Reads `$x := a b | c (d | e)`. */
function parsePipeline(tokens: readonly Token[]): Pipeline {
  const { variables, assigns, rest } = parseVariables(tokens);
  const commands: Command[] = [];
  let operands: Operand[] = [];
  const close = (): void => {
    if (operands.length === 0) throw new TemplateError('missing value for command');
    commands.push(operands);
    operands = [];
  };
  for (let at = 0; at < rest.length;) {
    if (rest[at]?.text === '|' && rest[at]?.kind === 'symbol') {
      close();
      at += 1;
      continue;
    }
    const { operand, next } = parseOperand(rest, at);
    operands.push(operand);
    at = next;
  }
  close();
  return { variables, assigns, commands };
}

function parseVariables(tokens: readonly Token[]): {
  readonly variables: readonly string[];
  readonly assigns: boolean;
  readonly rest: readonly Token[];
} {
  const at = tokens.findIndex(
    ({ kind, text }) => kind === 'symbol' && (text === ':=' || text === '='),
  );
  if (at < 0) return { variables: [], assigns: false, rest: tokens };
  const variables = tokens.slice(0, at).filter(({ kind }) => kind === 'variable');
  return {
    variables: variables.map(({ text }) => text),
    assigns: tokens[at]?.text === '=',
    rest: tokens.slice(at + 1),
  };
}

function parseOperand(
  tokens: readonly Token[],
  at: number,
): { readonly operand: Operand; readonly next: number } {
  const token = tokens[at] as Token;
  const { path, next } = fieldsAfter(tokens, at + 1);
  switch (token.kind) {
    case 'string':
      return { operand: { kind: 'literal', value: unquote(token.text) }, next: at + 1 };
    case 'number':
      return { operand: { kind: 'literal', value: Number(token.text) }, next: at + 1 };
    case 'variable':
      return { operand: { kind: 'variable', name: token.text, path }, next };
    case 'field': {
      const own = token.text === '.' ? [] : [token.text.slice(1)];
      const full = [...own, ...path];
      return { operand: { kind: 'field', path: full, text: `.${full.join('.')}` }, next };
    }
    case 'word':
      return { operand: wordOperand(token.text), next: at + 1 };
    case 'symbol':
      return parseNested(tokens, at);
  }
}

function wordOperand(text: string): Operand {
  if (text === 'true' || text === 'false') return { kind: 'literal', value: text === 'true' };
  return text === 'nil' ? { kind: 'literal', value: null } : { kind: 'function', name: text };
}

function parseNested(
  tokens: readonly Token[],
  at: number,
): { readonly operand: Operand; readonly next: number } {
  const open = tokens[at];
  if (open?.text !== '(') throw new TemplateError(`unexpected ${open?.text ?? 'end'} in operand`);
  let depth = 0;
  for (let close = at; close < tokens.length; close += 1) {
    const { kind, text } = tokens[close] as Token;
    if (kind !== 'symbol') continue;
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    if (depth > 0) continue;
    const { path, next } = fieldsAfter(tokens, close + 1);
    const pipeline = parsePipeline(tokens.slice(at + 1, close));
    return { operand: { kind: 'nested', pipeline, path }, next };
  }
  throw new TemplateError('unclosed left paren');
}

/** `.A.B` glued to what stands before it. */
function fieldsAfter(
  tokens: readonly Token[],
  at: number,
): { readonly path: readonly string[]; readonly next: number } {
  const path: string[] = [];
  let next = at;
  for (let token = tokens[next]; token?.kind === 'field' && !token.spaced; token = tokens[next]) {
    path.push(token.text.slice(1));
    next += 1;
  }
  return { path, next };
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

function unquote(text: string): string {
  const inner = text.slice(1, -1);
  if (text.startsWith('`')) return inner;
  return inner.replaceAll(/\\(.)/g, (_whole, character: string) => ESCAPES[character] ?? character);
}
