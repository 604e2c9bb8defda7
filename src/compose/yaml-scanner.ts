import {
  char,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  isEnd,
  isIndicator,
  isSpace,
} from './yaml-characters.ts';
import { isDocumentMarker } from './yaml-scan-marker.ts';
import { scanBlockScalar, scanFlowScalar, scanPlainScalar } from './yaml-scan-scalar.ts';
import { scanAnchor, scanDirective, scanTag } from './yaml-scan-property.ts';
import type { Scanned } from './yaml-scan-scalar.ts';
import { YamlFault } from './yaml-token.ts';
import type { Token, TokenType } from './yaml-token.ts';

const maxDepth = 1000;

/** A place that turns out to be a key if a `:` follows on its line. */
interface SimpleKey {
  readonly required: boolean;
  readonly flowLevel: number;
  /** Index of its first token. */
  readonly token: number;
  readonly at: number;
  readonly line: number;
}

/** All tokens of a text, up to the fault where scanning had to stop. */
export interface ScannedText {
  readonly tokens: readonly Token[];
  readonly fault: YamlFault | undefined;
}

/** Splits a text into tokens by the rules of libyaml, on which the reference's reader is built. */
export function scan(text: string): ScannedText {
  const scanner = new Scanner(text);
  try {
    scanner.run();
    return { tokens: scanner.tokens, fault: undefined };
  } catch (error) {
    if (error instanceof YamlFault) return { tokens: scanner.tokens, fault: error };
    throw error;
  }
}

class Scanner {
  readonly tokens: Token[] = [];
  readonly #text: string;
  #at = 0;
  #line = 0;
  #lineStart = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  #flowLevel = 0;
  #keyAllowed = true;
  #key: SimpleKey | undefined;
  readonly #outerKeys: SimpleKey[] = [];

  constructor(text: string) {
    this.#text = text;
    if (text.charCodeAt(0) === char.byteOrderMark) {
      this.#at = 1;
      this.#lineStart = 1;
    }
  }

  run(): void {
    do this.#skipToToken();
    while (this.#next());
  }

  /** Reads one token (and those it implies); false at the end of the text. */
  #next(): boolean {
    const code = this.#text.charCodeAt(this.#at);
    const column = this.#at - this.#lineStart;
    this.#closeBlocks(column);
    if (isEnd(code)) {
      this.#closeBlocks(-1);
      this.#dropKey();
      this.#push('end', this.#at);
      return false;
    }
    if (column === 0) {
      if (code === char.percent) return this.#directive();
      if (isDocumentMarker(this.#text, this.#at)) return this.#documentMarker(code);
    }
    const following = this.#text.charCodeAt(this.#at + 1);
    if (code === char.dash && isBlankOrEnd(following)) return this.#blockEntry(column);
    if (code === char.question && isBlankOrEnd(following)) return this.#explicitKey(column);
    if (code === char.colon && this.#isValue(following)) return this.#value(column);
    if (code === char.singleQuote || code === char.doubleQuote) {
      return this.#scalar('quoted', scanFlowScalar(this.#text, this.#at));
    }
    return isIndicator(code) ? this.#indicator(code) : this.#plain(code, following);
  }

  #isValue(following: number): boolean {
    if (isBlankOrEnd(following)) return true;
    const last = this.tokens.at(-1)?.type;
    return this.#flowLevel > 0 && last !== 'flow-entry' && last !== 'flow-seq-start';
  }

  #indicator(code: number): boolean {
    switch (code) {
      case char.openBracket:
        return this.#flowStart('flow-seq-start');
      case char.openBrace:
        return this.#flowStart('flow-map-start');
      case char.closeBracket:
        return this.#flowEnd('flow-seq-end');
      case char.closeBrace:
        return this.#flowEnd('flow-map-end');
      case char.comma:
        this.#dropKey();
        this.#keyAllowed = true;
        return this.#push('flow-entry', this.#at + 1);
      case char.asterisk:
        return this.#property('alias', scanAnchor(this.#text, this.#at, 'alias'));
      case char.ampersand:
        return this.#property('anchor', scanAnchor(this.#text, this.#at, 'anchor'));
      case char.bang:
        return this.#property('tag', scanTag(this.#text, this.#at));
      default:
        if (this.#flowLevel === 0 && (code === char.pipe || code === char.greater)) {
          return this.#blockScalar();
        }
        throw this.#noToken();
    }
  }

  #noToken(): YamlFault {
    const context = { text: 'while scanning for the next token', start: this.#at };
    return new YamlFault('found character that cannot start any token', this.#at, context);
  }

  #push(type: TokenType, end: number, text = '', suffix = ''): true {
    this.tokens.push({ type, start: this.#at, end, text, suffix });
    this.#at = end;
    return true;
  }

  #skipToToken(): void {
    const text = this.#text;
    for (;;) {
      let code = text.charCodeAt(this.#at);
      const isSkipped = this.#flowLevel > 0 || !this.#keyAllowed ? isBlank : isSpace;
      while (isSkipped(code)) {
        code = text.charCodeAt((this.#at += 1));
      }
      if (code === char.hash) {
        while (!isBreakOrEnd(code)) code = text.charCodeAt((this.#at += 1));
      }
      if (!isBreak(code)) return;
      this.#lineBreak();
      if (this.#flowLevel === 0) this.#keyAllowed = true;
    }
  }

  #lineBreak(): void {
    const text = this.#text;
    const isPair =
      text.charCodeAt(this.#at) === char.return && text.charCodeAt(this.#at + 1) === char.lineFeed;
    this.#at += isPair ? 2 : 1;
    this.#line += 1;
    this.#lineStart = this.#at;
  }

  #closeBlocks(column: number): void {
    if (this.#flowLevel > 0) return;
    while (this.#indent > column) {
      this.#push('block-end', this.#at);
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  /** Opens a block at `column` unless one is open there; before token `index` where that is given. */
  #openBlock(column: number, type: TokenType, at: number, index = this.tokens.length): void {
    if (this.#flowLevel > 0 || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    this.#checkDepth(this.#indents.length);
    this.tokens.splice(index, 0, { type, start: at, end: at, text: '', suffix: '' });
  }

  #checkDepth(depth: number): void {
    if (depth > maxDepth) throw new YamlFault(`exceeded max depth of ${maxDepth}`, this.#at);
  }

  #saveKey(): void {
    if (!this.#keyAllowed) return;
    this.#dropKey();
    const column = this.#at - this.#lineStart;
    this.#key = {
      required: this.#flowLevel === 0 && this.#indent === column,
      flowLevel: this.#flowLevel,
      token: this.tokens.length,
      at: this.#at,
      line: this.#line,
    };
  }

  #dropKey(): void {
    if (this.#key?.required === true) {
      const context = { text: 'while scanning a simple key', start: this.#key.at };
      throw new YamlFault("could not find expected ':'", this.#at, context);
    }
    this.#key = undefined;
  }

  #flowStart(type: TokenType): true {
    this.#saveKey();
    this.#flowLevel += 1;
    this.#checkDepth(this.#flowLevel);
    if (this.#key !== undefined) this.#outerKeys.push(this.#key);
    this.#key = undefined;
    this.#keyAllowed = true;
    return this.#push(type, this.#at + 1);
  }

  #flowEnd(type: TokenType): true {
    this.#dropKey();
    if (this.#flowLevel > 0) {
      this.#flowLevel -= 1;
      if (this.#outerKeys.at(-1)?.flowLevel === this.#flowLevel) this.#key = this.#outerKeys.pop();
    }
    this.#keyAllowed = false;
    return this.#push(type, this.#at + 1);
  }

  #blockEntry(column: number): true {
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) {
        throw new YamlFault('block sequence entries are not allowed in this context', this.#at);
      }
      this.#openBlock(column, 'block-seq-start', this.#at);
    }
    this.#dropKey();
    this.#keyAllowed = true;
    return this.#push('block-entry', this.#at + 1);
  }

  #explicitKey(column: number): true {
    if (this.#flowLevel === 0) {
      if (!this.#keyAllowed) {
        throw new YamlFault('mapping keys are not allowed in this context', this.#at);
      }
      this.#openBlock(column, 'block-map-start', this.#at);
    }
    this.#dropKey();
    this.#keyAllowed = this.#flowLevel === 0;
    return this.#push('key', this.#at + 1);
  }

  #value(column: number): true {
    const key = this.#key;
    if (key !== undefined && key.line === this.#line) {
      const token: Token = { type: 'key', start: key.at, end: key.at, text: '', suffix: '' };
      this.tokens.splice(key.token, 0, token);
      this.#openBlock(key.at - this.#lineStart, 'block-map-start', key.at, key.token);
      this.#key = undefined;
      this.#keyAllowed = false;
    } else {
      if (this.#flowLevel === 0) {
        if (!this.#keyAllowed) {
          throw new YamlFault('mapping values are not allowed in this context', this.#at);
        }
        this.#openBlock(column, 'block-map-start', this.#at);
      }
      this.#keyAllowed = this.#flowLevel === 0;
    }
    return this.#push('value', this.#at + 1);
  }

  #property(type: TokenType, found: { end: number; text: string; suffix?: string }): true {
    this.#saveKey();
    this.#keyAllowed = false;
    return this.#push(type, found.end, found.text, found.suffix ?? '');
  }

  #plain(code: number, following: number): true {
    const isMark = code === char.dash || code === char.question || code === char.colon;
    const canStart = isMark
      ? !(code === char.dash ? isBlank(following) : isBlankOrEnd(following))
      : !isBlankOrEnd(code);
    if (!canStart) throw this.#noToken();
    this.#saveKey();
    this.#keyAllowed = false;
    const inFlow = this.#flowLevel > 0;
    const found = scanPlainScalar(this.#text, this.#at, { inFlow, indent: this.#indent + 1 });
    this.#take('plain', found);
    if (found.endsLine) this.#keyAllowed = true;
    return true;
  }

  #scalar(type: TokenType, found: Scanned): true {
    this.#saveKey();
    this.#keyAllowed = false;
    return this.#take(type, found);
  }

  #blockScalar(): true {
    this.#dropKey();
    this.#keyAllowed = true;
    return this.#take('block-scalar', scanBlockScalar(this.#text, this.#at, this.#indent));
  }

  #take(type: TokenType, found: Scanned): true {
    this.#push(type, found.end, found.text);
    this.#at = found.next;
    this.#line += found.lines;
    if (found.lines > 0) this.#lineStart = found.lineStart;
    return true;
  }

  #directive(): true {
    this.#closeBlocks(-1);
    this.#dropKey();
    this.#keyAllowed = false;
    const { type, end, text, suffix } = scanDirective(this.#text, this.#at);
    return this.#push(type, end, text, suffix);
  }

  #documentMarker(code: number): true {
    this.#closeBlocks(-1);
    this.#dropKey();
    this.#keyAllowed = false;
    return this.#push(code === char.dash ? 'document-start' : 'document-end', this.#at + 3);
  }
}
