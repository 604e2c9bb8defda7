import { scan } from './yaml-scanner.ts';
import { YamlFault } from './yaml-token.ts';
import type { Token, TokenType } from './yaml-token.ts';

/** A node as it is written: aliases not followed, tags resolved to names, scalars untyped. */
export type SyntaxNode = SyntaxScalar | SyntaxSequence | SyntaxMapping | SyntaxAlias;

interface SyntaxBase {
  /** Offsets of the node without its anchor and tag. */
  readonly start: number;
  readonly end: number;
  readonly anchor: string | undefined;
  /** `tag:yaml.org,2002:str`, `!reset`, `!`. */
  readonly tag: string | undefined;
}

export interface SyntaxScalar extends SyntaxBase {
  readonly kind: 'scalar';
  readonly text: string;
  readonly isPlain: boolean;
}

export interface SyntaxSequence extends SyntaxBase {
  readonly kind: 'seq';
  readonly items: readonly SyntaxNode[];
}

export interface SyntaxMapping extends SyntaxBase {
  readonly kind: 'map';
  readonly pairs: readonly (readonly [SyntaxNode, SyntaxNode])[];
}

export interface SyntaxAlias extends SyntaxBase {
  readonly kind: 'alias';
  readonly name: string;
}

export interface SyntaxText {
  readonly documents: readonly SyntaxNode[];
  /** Where reading stopped; the documents before it are complete. */
  readonly fault: YamlFault | undefined;
}

/** Reads the documents of a text up to the first fault. */
export function parseSyntax(text: string): SyntaxText {
  const { tokens, fault } = scan(text);
  const parser = new Parser(tokens, fault);
  const documents: SyntaxNode[] = [];
  try {
    for (let next = parser.document(); next !== undefined; next = parser.document()) {
      documents.push(next);
    }
    return { documents, fault: undefined };
  } catch (error) {
    if (!(error instanceof YamlFault)) throw error;
    // What follows a key without its colon reads oddly: the missing colon is the fault.
    return { documents, fault: fault?.context?.start === error.at ? fault : error };
  }
}

interface Properties {
  readonly start: number;
  readonly anchor: string | undefined;
  readonly tag: string | undefined;
}

const coreTags: readonly (readonly [string, string])[] = [
  ['!', '!'],
  ['!!', 'tag:yaml.org,2002:'],
];

class Parser {
  readonly #tokens: readonly Token[];
  readonly #scanFault: YamlFault | undefined;
  #at = 0;
  #tags = new Map(coreTags);
  #isFirst = true;

  constructor(tokens: readonly Token[], scanFault: YamlFault | undefined) {
    this.#tokens = tokens;
    this.#scanFault = scanFault;
  }

  /** The next document, or undefined at the end of the text. */
  document(): SyntaxNode | undefined {
    while (this.#type === 'document-end') this.#at += 1;
    if (this.#type === 'end') return undefined;
    const isExplicit = this.#directives() || this.#type === 'document-start' || !this.#isFirst;
    this.#isFirst = false;
    if (isExplicit) {
      if (this.#type !== 'document-start') {
        throw this.#fault('did not find expected <document start>');
      }
      this.#at += 1;
    }
    const root = this.#isOneOf(documentEnds)
      ? this.#empty(this.#token.start)
      : this.#node(true, false);
    this.#tags = new Map(coreTags);
    return root;
  }

  get #token(): Token {
    const token = this.#tokens[this.#at];
    if (token !== undefined) return token;
    throw this.#scanFault ?? new Error('Internal error: read behind the end of the tokens');
  }

  get #type(): TokenType {
    return this.#token.type;
  }

  /** A method, so that the compiler does not take the type for settled. */
  #is(type: TokenType): boolean {
    return this.#token.type === type;
  }

  #isOneOf(types: ReadonlySet<TokenType>): boolean {
    return types.has(this.#type);
  }

  #fault(problem: string, context?: { text: string; start: number }): YamlFault {
    return new YamlFault(problem, this.#token.start, context);
  }

  #directives(): boolean {
    let version = false;
    const handles = new Set<string>();
    for (;;) {
      const { type, text, suffix } = this.#token;
      if (type === 'version-directive') {
        if (version) throw this.#fault('found duplicate %YAML directive');
        if (text !== '1.1') throw this.#fault('found incompatible YAML document');
        version = true;
      } else if (type === 'tag-directive') {
        if (handles.has(text)) throw this.#fault('found duplicate %TAG directive');
        handles.add(text);
        this.#tags.set(text, suffix);
      } else return version || handles.size > 0;
      this.#at += 1;
    }
  }

  #empty(at: number): SyntaxScalar {
    return {
      kind: 'scalar',
      start: at,
      end: at,
      anchor: undefined,
      tag: undefined,
      text: '',
      isPlain: true,
    };
  }

  /** `isBlock`: block collections may stand here; `isIndentless`: also a sequence not indented. */
  #node(isBlock: boolean, isIndentless: boolean): SyntaxNode {
    const first = this.#token;
    if (first.type === 'alias') {
      this.#at += 1;
      const { start, end, text } = first;
      return { kind: 'alias', start, end, anchor: undefined, tag: undefined, name: text };
    }
    const properties = this.#properties();
    const token = this.#token;
    if (this.#isOneOf(scalars)) {
      this.#at += 1;
      const { anchor, tag } = properties;
      const { start, end, text } = token;
      return { kind: 'scalar', start, end, anchor, tag, text, isPlain: token.type === 'plain' };
    }
    if (token.type === 'flow-seq-start') return this.#flowSequence(properties);
    if (token.type === 'flow-map-start') return this.#flowMapping(properties);
    return this.#blockNode(properties, isBlock, isIndentless);
  }

  #blockNode(properties: Properties, isBlock: boolean, isIndentless: boolean): SyntaxNode {
    if (isIndentless && this.#type === 'block-entry') return this.#indentlessSequence(properties);
    if (isBlock && this.#type === 'block-seq-start') return this.#blockSequence(properties);
    if (isBlock && this.#type === 'block-map-start') return this.#blockMapping(properties);
    const { start, anchor, tag } = properties;
    if (anchor !== undefined || tag !== undefined) return { ...this.#empty(start), anchor, tag };
    const text = isBlock ? 'while parsing a block node' : 'while parsing a flow node';
    throw this.#fault('did not find expected node content', { text, start });
  }

  #properties(): Properties {
    const { start, type } = this.#token;
    if (type !== 'anchor' && type !== 'tag') return { start, anchor: undefined, tag: undefined };
    let anchor: string | undefined;
    let tag: Token | undefined;
    for (;;) {
      const token = this.#token;
      if (token.type === 'anchor' && anchor === undefined) anchor = token.text;
      else if (token.type === 'tag' && tag === undefined) tag = token;
      else return { start, anchor, tag: tag === undefined ? undefined : this.#tagName(tag, start) };
      this.#at += 1;
    }
  }

  #tagName({ text: handle, suffix, start: at }: Token, start: number): string {
    if (handle === '') return suffix;
    const prefix = this.#tags.get(handle);
    if (prefix !== undefined) return prefix + suffix;
    const context = { text: 'while parsing a node', start };
    throw new YamlFault('found undefined tag handle', at, context);
  }

  #blockSequence(properties: Properties): SyntaxNode {
    const { start } = this.#token;
    this.#at += 1;
    const items: SyntaxNode[] = [];
    while (this.#type === 'block-entry') {
      const { end } = this.#token;
      this.#at += 1;
      items.push(this.#isOneOf(entryEnds) ? this.#empty(end) : this.#node(true, false));
    }
    if (this.#type !== 'block-end') {
      const context = { text: 'while parsing a block collection', start };
      throw this.#fault("did not find expected '-' indicator", context);
    }
    this.#at += 1;
    return { ...properties, kind: 'seq', start, end: items.at(-1)?.end ?? start, items };
  }

  #indentlessSequence(properties: Properties): SyntaxNode {
    const { start } = this.#token;
    const items: SyntaxNode[] = [];
    while (this.#type === 'block-entry') {
      const { end } = this.#token;
      this.#at += 1;
      items.push(this.#isOneOf(indentlessEnds) ? this.#empty(end) : this.#node(true, false));
    }
    return { ...properties, kind: 'seq', start, end: items.at(-1)?.end ?? start, items };
  }

  #blockMapping(properties: Properties): SyntaxNode {
    const { start } = this.#token;
    this.#at += 1;
    const pairs: [SyntaxNode, SyntaxNode][] = [];
    while (this.#type === 'key') {
      pairs.push([this.#afterIndicator(), this.#blockValue()]);
    }
    if (this.#type !== 'block-end') {
      const context = { text: 'while parsing a block mapping', start };
      throw this.#fault('did not find expected key', context);
    }
    this.#at += 1;
    return { ...properties, kind: 'map', start, end: endOf(pairs) ?? start, pairs };
  }

  #blockValue(): SyntaxNode {
    return this.#type === 'value' ? this.#afterIndicator() : this.#empty(this.#token.start);
  }

  /** The node behind a key or value indicator of a block mapping; empty where none follows. */
  #afterIndicator(): SyntaxNode {
    const { end } = this.#token;
    this.#at += 1;
    return this.#isOneOf(valueEnds) ? this.#empty(end) : this.#node(true, true);
  }

  #flowSequence(properties: Properties): SyntaxNode {
    const { start } = this.#token;
    this.#at += 1;
    const items: SyntaxNode[] = [];
    while (!this.#is('flow-seq-end')) {
      if (items.length > 0) this.#comma('while parsing a flow sequence', start, ']');
      if (this.#type === 'key') items.push(this.#flowPair());
      else if (!this.#is('flow-seq-end')) items.push(this.#node(false, false));
    }
    const { end } = this.#token;
    this.#at += 1;
    return { ...properties, kind: 'seq', start, end, items };
  }

  /** A single `key: value` in a sequence. */
  #flowPair(): SyntaxNode {
    const { start, end } = this.#token;
    this.#at += 1;
    let key: SyntaxNode;
    if (this.#isOneOf(pairKeyEnds)) {
      key = this.#empty(end);
      this.#at += 1;
    } else key = this.#node(false, false);
    let value: SyntaxNode | undefined;
    if (this.#type === 'value') {
      this.#at += 1;
      if (!this.#isOneOf(pairValueEnds)) value = this.#node(false, false);
    }
    value ??= this.#empty(this.#token.start);
    const pairs = [[key, value] as const];
    return { kind: 'map', start, end: value.end, anchor: undefined, tag: undefined, pairs };
  }

  #flowMapping(properties: Properties): SyntaxNode {
    const { start } = this.#token;
    this.#at += 1;
    const pairs: [SyntaxNode, SyntaxNode][] = [];
    while (!this.#is('flow-map-end')) {
      if (pairs.length > 0) this.#comma('while parsing a flow mapping', start, '}');
      if (this.#type === 'key') {
        this.#at += 1;
        const key = this.#isOneOf(flowKeyEnds)
          ? this.#empty(this.#token.start)
          : this.#node(false, false);
        pairs.push([key, this.#flowValue()]);
      } else if (!this.#is('flow-map-end')) {
        const key = this.#node(false, false);
        pairs.push([key, this.#empty(key.end)]);
      }
    }
    const { end } = this.#token;
    this.#at += 1;
    return { ...properties, kind: 'map', start, end, pairs };
  }

  #flowValue(): SyntaxNode {
    if (this.#type === 'value') {
      this.#at += 1;
      if (!this.#isOneOf(flowValueEnds)) return this.#node(false, false);
    }
    return this.#empty(this.#token.start);
  }

  #comma(text: string, start: number, close: string): void {
    if (this.#type !== 'flow-entry') {
      throw this.#fault(`did not find expected ',' or '${close}'`, { text, start });
    }
    this.#at += 1;
  }
}

const scalars = new Set<TokenType>(['plain', 'quoted', 'block-scalar']);
const documentEnds = new Set<TokenType>([
  'version-directive',
  'tag-directive',
  'document-start',
  'document-end',
  'end',
]);
const entryEnds = new Set<TokenType>(['block-entry', 'block-end']);
const indentlessEnds = new Set<TokenType>(['block-entry', 'key', 'value', 'block-end']);
const valueEnds = new Set<TokenType>(['key', 'value', 'block-end']);
const pairKeyEnds = new Set<TokenType>(['value', 'flow-entry', 'flow-seq-end']);
const pairValueEnds = new Set<TokenType>(['flow-entry', 'flow-seq-end']);
const flowKeyEnds = new Set<TokenType>(['value', 'flow-entry', 'flow-map-end']);
const flowValueEnds = new Set<TokenType>(['flow-entry', 'flow-map-end']);

function endOf(pairs: readonly (readonly [SyntaxNode, SyntaxNode])[]): number | undefined {
  return pairs.at(-1)?.[1].end;
}
