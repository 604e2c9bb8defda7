import type { Token, TokenKind } from './token.ts';

const KEYWORDS = new Set([
  'block',
  'break',
  'continue',
  'define',
  'else',
  'end',
  'if',
  'range',
  'template',
  'with',
]);

const BLANKS = ' \t\r\n';
const WORD = /[\p{L}\p{Nd}_]+/uy;
const NUMBER =
  /[+-]?(?:0[xX][\da-fA-F_]*(?:\.[\da-fA-F_]*)?(?:[pP][+-]?\d+)?|0[oO][0-7_]*|0[bB][01_]*|[\d_]*(?:\.[\d_]*)?(?:[eE][+-]?[\d_]*)?)i?/y;
const SYMBOLS: Readonly<Record<string, TokenKind>> = {
  '=': 'assign',
  '|': 'pipe',
  '(': 'left-paren',
  ')': 'right-paren',
};

/**
 * Splits a template into words, as far as it is asked for: what is wrong behind the first fault of the
 * grammar must not be told instead of it.
 */
export function* tokens(source: string): Generator<Token, void> {
  yield* new Lexer(source).run();
}

class Lexer {
  readonly #source: string;
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  *run(): Generator<Token, void> {
    let trims = false;
    for (;;) {
      const open = this.#source.indexOf('{{', this.#at);
      yield* this.#text(open < 0 ? this.#source.length : open, trims);
      if (open < 0) break;
      const marker = this.#has('{{- ') || /^\{\{-[\t\r\n]/.test(this.#source.slice(open, open + 4));
      const start = open + (marker ? 3 : 2);
      if (this.#source.startsWith('/*', start + (marker ? 1 : 0))) {
        const comment = this.#comment(start + (marker ? 1 : 0));
        if (typeof comment !== 'boolean') {
          yield comment;
          return;
        }
        trims = comment;
        continue;
      }
      yield this.#token('open', open, start);
      const ended = yield* this.#action();
      if (ended === undefined) return;
      trims = ended;
    }
    yield this.#token('end', this.#at, this.#at);
  }

  /** Text up to `end`, without the blanks that markers around it take away. */
  *#text(end: number, trimsStart: boolean): Generator<Token, void> {
    let from = this.#at;
    let to = end;
    if (trimsStart) while (from < to && isBlank(this.#source[from])) from += 1;
    const trimsEnd = this.#source.startsWith('{{-', end) && isBlank(this.#source[end + 3]);
    if (trimsEnd) while (to > from && isBlank(this.#source[to - 1])) to -= 1;
    if (to > from) yield this.#token('text', from, to);
    this.#at = end;
  }

  /** Skips a comment; tells whether blanks behind it go, or what is wrong. */
  #comment(start: number): boolean | Token {
    const end = this.#source.indexOf('*/', start);
    if (end < 0) return this.#fault('unclosed comment');
    this.#at = end + 2;
    const trims = isBlank(this.#source[this.#at]) && this.#source.startsWith('-}}', this.#at + 1);
    if (trims) this.#at += 2;
    if (!this.#has('}}')) return this.#fault('comment ends before closing delimiter');
    this.#at += 2;
    return trims;
  }

  /** Words up to `}}`; returns whether blanks behind it go, undefined after a fault. */
  *#action(): Generator<Token, boolean | undefined> {
    this.#depth = 0;
    for (;;) {
      const trims = isBlank(this.#source[this.#at]) && this.#source.startsWith('-}}', this.#at + 1);
      if (trims || this.#has('}}')) {
        if (this.#depth > 0) {
          yield this.#fault('unclosed left paren');
          return undefined;
        }
        const start = this.#at + (trims ? 2 : 0);
        yield this.#token('close', start, start + 2);
        return trims;
      }
      const token = this.#word();
      yield token;
      if (token.kind === 'error') return undefined;
    }
  }

  #word(): Token {
    const start = this.#at;
    const first = this.#source[start];
    if (first === undefined) return this.#fault('unclosed action');
    if (isBlank(first)) return this.#spaces();
    if (this.#has(':=')) return this.#token('declare', start, start + 2);
    if (first === ':') return this.#fault('expected :=');
    if (first === '"' || first === "'" || first === '`') return this.#quoted(first);
    if (first === '$') return this.#name('variable', start + 1);
    if (first === '.' && !isDigit(this.#source[start + 1])) return this.#name('field', start + 1);
    if (/[+\-.\d]/.test(first)) return this.#number();
    const symbol = SYMBOLS[first];
    if (symbol === 'left-paren') this.#depth += 1;
    if (symbol === 'right-paren') {
      this.#depth -= 1;
      if (this.#depth < 0) return this.#fault('unexpected right paren');
    }
    if (symbol !== undefined) return this.#token(symbol, start, start + 1);
    WORD.lastIndex = start;
    if (WORD.test(this.#source)) return this.#name('identifier', start);
    if (/[!-~]/.test(first)) return this.#token('symbol', start, start + 1);
    return this.#fault(`unrecognized character in action: ${codePoint(this.#source, start)}`);
  }

  /** A run of blanks, but the last one may belong to ` -}}`. */
  #spaces(): Token {
    let end = this.#at;
    while (isBlank(this.#source[end])) end += 1;
    if (this.#source.startsWith('-}}', end) && end - this.#at > 1) end -= 1;
    return this.#token('space', this.#at, end);
  }

  #quoted(quote: string): Token {
    const start = this.#at;
    const kind = quote === '"' ? 'string' : quote === '`' ? 'raw-string' : 'character';
    for (let end = start + 1; end < this.#source.length; end += 1) {
      const character = this.#source[end];
      if (character === quote) return this.#token(kind, start, end + 1);
      if (quote === '`') continue;
      if (character === '\n') break;
      if (character === '\\') end += 1;
    }
    if (quote === '`') return this.#fault('unterminated raw quoted string');
    const what = quote === '"' ? 'quoted string' : 'character constant';
    return this.#fault(`unterminated ${what}`);
  }

  #name(kind: 'identifier' | 'field' | 'variable', from: number): Token {
    const start = this.#at;
    WORD.lastIndex = from;
    const end = from + (WORD.exec(this.#source)?.[0].length ?? 0);
    if (!this.#endsWord(end)) return this.#fault(`bad character ${codePoint(this.#source, end)}`);
    const text = this.#source.slice(start, end);
    if (kind === 'field') return this.#token(text === '.' ? 'dot' : 'field', start, end);
    if (kind === 'variable') return this.#token(kind, start, end);
    if (KEYWORDS.has(text)) return this.#token('keyword', start, end);
    if (text === 'nil') return this.#token('nil', start, end);
    const isBool = text === 'true' || text === 'false';
    return this.#token(isBool ? 'bool' : 'identifier', start, end);
  }

  #endsWord(at: number): boolean {
    const next = this.#source[at];
    return next === undefined || /[\s.,|:()]/.test(next) || this.#source.startsWith('}}', at);
  }

  #number(): Token {
    const start = this.#at;
    NUMBER.lastIndex = start;
    const end = start + (NUMBER.exec(this.#source)?.[0].length ?? 0);
    WORD.lastIndex = end;
    const text = this.#source.slice(start, end);
    if (WORD.test(this.#source) || !/\d/.test(text)) {
      const shown = this.#source.slice(start, end + 1);
      return this.#fault(`bad number syntax: ${JSON.stringify(shown)}`);
    }
    return this.#token('number', start, end);
  }

  #has(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #token(kind: TokenKind, from: number, to: number): Token {
    this.#at = to;
    const line = this.#source.slice(0, from).split('\n').length;
    return { kind, text: this.#source.slice(from, to), at: from, line };
  }

  #fault(text: string): Token {
    const line = this.#source.slice(0, this.#at).split('\n').length;
    return { kind: 'error', text, at: this.#at, line };
  }
}

function isBlank(character: string | undefined): boolean {
  return character !== undefined && BLANKS.includes(character);
}

function isDigit(character: string | undefined): boolean {
  return character !== undefined && character >= '0' && character <= '9';
}

/** `U+0025 '%'` */
function codePoint(text: string, at: number): string {
  const code = text.codePointAt(at) ?? 0;
  const hex = code.toString(16).toUpperCase().padStart(4, '0');
  return `U+${hex} '${String.fromCodePoint(code)}'`;
}
