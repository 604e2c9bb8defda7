import { PipelineParser } from './parse-pipeline.ts';
import type { BranchNode, Template, TemplateNode } from './syntax.ts';
import { TemplateError } from './template-error.ts';
import { TokenReader } from './token-reader.ts';
import { showToken, type Token } from './token.ts';
import { unquote } from './unquote.ts';

/**
 * Parses a Go template.
 *
 * @param functions names that it may call
 * @throws TemplateError in the wording of Go
 */
export function parseTemplate(source: string, functions: ReadonlySet<string>): Template {
  const parser = new Parser(source, functions);
  return { source, nodes: parser.parse(), defined: parser.defined };
}

/** How a list of nodes ended. */
type Ending = 'end' | 'else' | 'source';

class Parser {
  readonly defined = new Map<string, readonly TemplateNode[]>();
  readonly #reader: TokenReader;
  readonly #pipelines: PipelineParser;
  #rangeDepth = 0;

  constructor(source: string, functions: ReadonlySet<string>) {
    this.#reader = new TokenReader(source);
    this.#pipelines = new PipelineParser(this.#reader, functions);
  }

  parse(): readonly TemplateNode[] {
    const { nodes, ending } = this.#list({ top: true });
    if (ending !== 'source') throw this.#reader.fault(`unexpected {{${ending}}}`);
    return nodes;
  }

  /** Nodes up to `{{end}}` or `{{else`, whose word has been read, or the end of the source. */
  #list({ top = false } = {}): { readonly nodes: readonly TemplateNode[]; ending: Ending } {
    const nodes: TemplateNode[] = [];
    for (;;) {
      const token = this.#reader.next();
      if (token.kind === 'end') {
        if (top) return { nodes, ending: 'source' };
        throw this.#reader.fault('unexpected EOF');
      }
      if (token.kind === 'text') nodes.push({ kind: 'text', text: token.text, at: token.at });
      else if (token.kind === 'open') {
        const word = this.#reader.nextWord();
        if (word.kind === 'keyword' && (word.text === 'end' || word.text === 'else')) {
          if (word.text === 'end') this.#close('end');
          return { nodes, ending: word.text };
        }
        if (top && word.kind === 'keyword' && word.text === 'define') this.#define();
        else nodes.push(this.#action(word));
      } else throw this.#reader.unexpected(token, 'input');
    }
  }

  #action(word: Token): TemplateNode {
    if (word.kind === 'keyword') {
      switch (word.text) {
        case 'if':
        case 'with':
        case 'range':
          return this.#branch(word.text, word.at);
        case 'break':
        case 'continue':
          return this.#jump(word.text, word.at);
        case 'template':
          return this.#call();
        case 'block':
          return this.#block();
        default:
      }
    }
    this.#reader.back();
    const pipeline = this.#pipelines.parse('command', 'close');
    return { kind: 'action', pipeline, at: pipeline.at };
  }

  #branch(kind: BranchNode['kind'], at: number): BranchNode {
    const mark = this.#pipelines.mark();
    const pipeline = this.#pipelines.parse(kind, 'close');
    if (kind === 'range') this.#rangeDepth += 1;
    const { nodes: body, ending } = this.#list();
    if (kind === 'range') this.#rangeDepth -= 1;
    const otherwise = ending === 'else' ? this.#otherwise(kind) : [];
    this.#pipelines.forget(mark);
    return { kind, pipeline, body, otherwise, at };
  }

  /** What follows `{{else`: `}} … {{end}}`, or ` if …}}`, which shares the `{{end}}`. */
  #otherwise(kind: BranchNode['kind']): readonly TemplateNode[] {
    const word = this.#reader.nextWord();
    const chained = word.kind === 'keyword' && (word.text === 'if' || word.text === 'with');
    if (chained && word.text === kind) return [this.#branch(kind, word.at)];
    if (chained) throw this.#reader.unexpected(word, 'input');
    this.#reader.back();
    this.#close('else');
    const { nodes, ending } = this.#list();
    if (ending !== 'end') throw this.#reader.fault(`expected end; found {{${ending}}}`);
    return nodes;
  }

  #jump(kind: 'break' | 'continue', at: number): TemplateNode {
    const token = this.#reader.nextWord();
    if (token.kind !== 'close') throw this.#reader.unexpected(token, `{{${kind}}}`);
    if (this.#rangeDepth === 0) throw this.#reader.fault(`{{${kind}}} outside {{range}}`);
    return { kind, at };
  }

  #call(): TemplateNode {
    const { at } = this.#reader.peekWord();
    const name = this.#name('template clause');
    const next = this.#reader.nextWord();
    if (next.kind === 'close') return { kind: 'template', name, pipeline: undefined, at };
    this.#reader.back();
    const pipeline = this.#pipelines.parse('template clause', 'close');
    return { kind: 'template', name, pipeline, at };
  }

  /** `{{define "name"}} … {{end}}` */
  #define(): void {
    const name = this.#name('define clause');
    const close = this.#reader.nextWord();
    if (close.kind !== 'close') throw this.#reader.unexpected(close, 'define clause');
    this.#body(name, 'define clause');
  }

  /** A definition and its use in one. */
  #block(): TemplateNode {
    const { at } = this.#reader.peekWord();
    const name = this.#name('block clause');
    const pipeline = this.#pipelines.parse('block clause', 'close');
    this.#body(name, 'block clause');
    return { kind: 'template', name, pipeline, at };
  }

  /** Its variables are its own. */
  #body(name: string, context: string): void {
    const outer = this.#pipelines.enterDefinition();
    const { nodes, ending } = this.#list();
    if (ending !== 'end') throw this.#reader.fault(`unexpected {{${ending}}} in ${context}`);
    this.#pipelines.leaveDefinition(outer);
    this.defined.set(name, nodes);
  }

  #name(context: string): string {
    const token = this.#reader.nextWord();
    if (token.kind !== 'string' && token.kind !== 'raw-string') {
      throw this.#reader.unexpected(token, context);
    }
    const name = unquote(token.text);
    if (name === undefined) throw new TemplateError(`invalid syntax: ${showToken(token)}`);
    return name;
  }

  #close(context: string): void {
    const token = this.#reader.nextWord();
    if (token.kind !== 'close') throw this.#reader.unexpected(token, context);
  }
}
