import {
  char,
  isBlank,
  isBlankOrEnd,
  isBreak,
  isBreakOrEnd,
  isDigit,
  isEnd,
  isFlowIndicator,
} from './yaml-characters.ts';
import { isDocumentMarker } from './yaml-scan-marker.ts';
import { YamlFault } from './yaml-token.ts';

/** A scalar: its value, where it ends, and how far reading got. */
export interface Scanned {
  readonly text: string;
  readonly end: number;
  /** Where reading goes on; behind white space that had to be looked at. */
  readonly next: number;
  /** Line breaks between the start and `next`. */
  readonly lines: number;
  /** Start of the line of `next`; only meaningful with `lines` above 0. */
  readonly lineStart: number;
  /** The scalar was followed by a line break. */
  readonly endsLine: boolean;
}

/** A place in a text that moves over line breaks and counts them. */
class Cursor {
  readonly text: string;
  at: number;
  lines = 0;
  lineStart = -1;

  constructor(text: string, at: number) {
    this.text = text;
    this.at = at;
  }

  get code(): number {
    return this.text.charCodeAt(this.at);
  }

  get column(): number {
    return this.lineStart < 0 ? this.at : this.at - this.lineStart;
  }

  /** Steps over a line break and gives what it stands for: LS and PS themselves, else a line feed. */
  lineBreak(): string {
    const { code } = this;
    const isPair = code === char.return && this.text.charCodeAt(this.at + 1) === char.lineFeed;
    this.at += isPair ? 2 : 1;
    this.lines += 1;
    this.lineStart = this.at;
    return code === 0x2028 || code === 0x2029 ? String.fromCharCode(code) : '\n';
  }

  scanned(text: string, end: number, endsLine: boolean): Scanned {
    return { text, end, next: this.at, lines: this.lines, lineStart: this.lineStart, endsLine };
  }
}

/** What white space between two runs of a flow scalar stands for. */
class Gap {
  blanks = '';
  hasBreak = false;
  #first = '';
  #rest = '';

  /** Steps over blanks and breaks; `onBlank` may object to a blank after a break. */
  read(cursor: Cursor, onBlank?: () => void): void {
    for (let { code } = cursor; isBlank(code) || isBreak(code); { code } = cursor) {
      if (isBlank(code)) {
        if (this.hasBreak) onBlank?.();
        else this.blanks += cursor.text.charAt(cursor.at);
        cursor.at += 1;
      } else if (this.hasBreak) this.#rest += cursor.lineBreak();
      else {
        this.#first = cursor.lineBreak();
        this.hasBreak = true;
      }
    }
  }

  /** One break folds into a space, more lose one; a break that was escaped gives nothing. */
  get text(): string {
    if (!this.hasBreak) return this.blanks;
    if (this.#first !== '\n') return this.#first + this.#rest;
    return this.#rest === '' ? ' ' : this.#rest;
  }
}

/** A plain scalar; it goes on over lines that are indented by at least `indent`. */
export function scanPlainScalar(
  text: string,
  start: number,
  { inFlow, indent }: { readonly inFlow: boolean; readonly indent: number },
): Scanned {
  const cursor = new Cursor(text, start);
  let value = '';
  let end = start;
  let gap = new Gap();
  for (;;) {
    if (cursor.at === cursor.lineStart && isDocumentMarker(text, cursor.at)) break;
    if (cursor.code === char.hash) break;
    const runEnd = plainRunEnd(text, cursor.at, inFlow);
    if (runEnd > cursor.at) {
      value += gap.text + text.slice(cursor.at, runEnd);
      cursor.at = runEnd;
      end = runEnd;
      gap = new Gap();
    }
    if (!isBlank(cursor.code) && !isBreak(cursor.code)) break;
    gap.read(cursor, () => {
      if (cursor.code !== char.tab || cursor.column >= indent) return;
      const context = { text: 'while scanning a plain scalar', start };
      throw new YamlFault('found a tab character that violates indentation', cursor.at, context);
    });
    if (!inFlow && gap.hasBreak && cursor.column < indent) break;
  }
  return cursor.scanned(value, end, gap.hasBreak);
}

function plainRunEnd(text: string, start: number, inFlow: boolean): number {
  let at = start;
  for (let code = text.charCodeAt(at); !isBlankOrEnd(code); code = text.charCodeAt(at)) {
    if (code === char.colon && isBlankOrEnd(text.charCodeAt(at + 1))) break;
    if (inFlow && endsPlainInFlow(code, text.charCodeAt(at + 1))) break;
    at += 1;
  }
  return at;
}

function endsPlainInFlow(code: number, next: number): boolean {
  if (code === char.colon) {
    return (
      next === char.space ||
      next === char.comma ||
      next === char.closeBracket ||
      next === char.closeBrace
    );
  }
  if (code === char.question) return isBlankOrEnd(next);
  return isFlowIndicator(code);
}

const escapes: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\x07',
  b: '\b',
  t: '\t',
  '\t': '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\x1b',
  ' ': ' ',
  '"': '"',
  "'": "'",
  '\\': '\\',
  N: '\x85',
  _: '\xa0',
  L: '\u2028',
  P: '\u2029',
};
const hexLengths: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };

/** A scalar in single or double quotes. */
export function scanFlowScalar(text: string, start: number): Scanned {
  const quote = text.charCodeAt(start);
  const cursor = new Cursor(text, start + 1);
  const context = { text: 'while scanning a quoted scalar', start };
  let value = '';
  for (;;) {
    if (cursor.at === cursor.lineStart && isDocumentMarker(text, cursor.at)) {
      throw new YamlFault('found unexpected document indicator', cursor.at, context);
    }
    if (isEnd(cursor.code)) {
      throw new YamlFault('found unexpected end of stream', cursor.at, context);
    }
    const gap = new Gap();
    value += quotedRun(cursor, quote, { gap, context });
    if (cursor.code === quote) break;
    gap.read(cursor);
    value += gap.text;
  }
  cursor.at += 1;
  return cursor.scanned(value, cursor.at, false);
}

/** The part up to white space or the closing quote, escapes replaced. */
function quotedRun(
  cursor: Cursor,
  quote: number,
  { gap, context }: { readonly gap: Gap; readonly context: { text: string; start: number } },
): string {
  const { text } = cursor;
  let value = '';
  let from = cursor.at;
  const flush = (): void => {
    value += text.slice(from, cursor.at);
  };
  for (let { code } = cursor; !isBlankOrEnd(code); { code } = cursor) {
    if (code === quote) {
      if (quote === char.doubleQuote || text.charCodeAt(cursor.at + 1) !== quote) break;
      cursor.at += 1;
      flush();
      cursor.at += 1;
      from = cursor.at;
    } else if (code === char.backslash && quote === char.doubleQuote) {
      flush();
      if (isBreak(text.charCodeAt(cursor.at + 1))) {
        cursor.at += 1;
        cursor.lineBreak();
        gap.hasBreak = true;
        return value;
      }
      value += escaped(cursor, context);
      from = cursor.at;
    } else cursor.at += 1;
  }
  flush();
  return value;
}

function escaped(cursor: Cursor, context: { text: string; start: number }): string {
  const letter = cursor.text.charAt(cursor.at + 1);
  const simple = escapes[letter];
  const length = hexLengths[letter];
  if (simple === undefined && length === undefined) {
    throw new YamlFault('found unknown escape character', cursor.at, context);
  }
  cursor.at += 2;
  if (length === undefined) return simple ?? '';
  const digits = cursor.text.slice(cursor.at, cursor.at + length);
  if (digits.length < length || !/^[0-9a-fA-F]+$/.test(digits)) {
    throw new YamlFault('did not find expected hexadecimal number', cursor.at, context);
  }
  const code = parseInt(digits, 16);
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    throw new YamlFault('found invalid Unicode character escape code', cursor.at, context);
  }
  cursor.at += length;
  return String.fromCodePoint(code);
}

type Chomping = 'strip' | 'clip' | 'keep';

/** A literal (`|`) or folded (`>`) block scalar in a block indented by `parentIndent`. */
export function scanBlockScalar(text: string, start: number, parentIndent: number): Scanned {
  const isLiteral = text.charCodeAt(start) === char.pipe;
  const cursor = new Cursor(text, start + 1);
  const context = { text: 'while scanning a block scalar', start };
  const { chomping, increment } = blockHeader(cursor, context);
  if (isBreak(cursor.code)) cursor.lineBreak();
  let indent = increment === 0 ? -1 : Math.max(parentIndent, 0) + increment;
  const skipBreaks = (): string => {
    const found = blockBreaks(cursor, indent, context);
    if (indent < 0) indent = Math.max(found.widest, parentIndent + 1, 0);
    return found.breaks;
  };
  let value = '';
  let end = cursor.at;
  let lastBreak = '';
  let blankBefore = false;
  let breaks = skipBreaks();
  while (cursor.column === indent && !isEnd(cursor.code)) {
    const isMore = isBlank(cursor.code);
    const folds = !isLiteral && !blankBefore && !isMore && lastBreak === '\n';
    if (!folds) value += lastBreak;
    else if (breaks === '') value += ' ';
    blankBefore = isMore;
    const from = cursor.at;
    while (!isBreakOrEnd(cursor.code)) cursor.at += 1;
    end = cursor.at;
    value += breaks + text.slice(from, end);
    lastBreak = isEnd(cursor.code) ? '' : cursor.lineBreak();
    breaks = skipBreaks();
  }
  if (chomping !== 'strip') value += lastBreak;
  if (chomping === 'keep') value += breaks;
  return cursor.scanned(value, end, true);
}

/** Reads `+`, `-` and the indentation indicator in either order, and the rest of the line. */
function blockHeader(
  cursor: Cursor,
  context: { text: string; start: number },
): { readonly chomping: Chomping; readonly increment: number } {
  let chomping: Chomping | undefined;
  let increment = 0;
  for (let { code } = cursor; ; { code } = cursor) {
    if (chomping === undefined && (code === char.plus || code === char.dash)) {
      chomping = code === char.plus ? 'keep' : 'strip';
    } else if (increment === 0 && isDigit(code)) {
      increment = code - char.zero;
      if (increment === 0) {
        throw new YamlFault('found an indentation indicator equal to 0', cursor.at, context);
      }
    } else break;
    cursor.at += 1;
  }
  while (isBlank(cursor.code)) cursor.at += 1;
  if (cursor.code === char.hash) while (!isBreakOrEnd(cursor.code)) cursor.at += 1;
  if (!isBreakOrEnd(cursor.code)) {
    throw new YamlFault('did not find expected comment or line break', cursor.at, context);
  }
  return { chomping: chomping ?? 'clip', increment };
}

/** Steps over empty lines and the indentation of the next one; `indent` below 0 is not known yet. */
function blockBreaks(
  cursor: Cursor,
  indent: number,
  context: { text: string; start: number },
): { readonly breaks: string; readonly widest: number } {
  let breaks = '';
  let widest = 0;
  for (;;) {
    const isInside = (): boolean => indent < 0 || cursor.column < indent;
    while (isInside() && cursor.code === char.space) cursor.at += 1;
    widest = Math.max(widest, cursor.column);
    if (isInside() && cursor.code === char.tab) {
      const problem = 'found a tab character where an indentation space is expected';
      throw new YamlFault(problem, cursor.at, context);
    }
    if (!isBreak(cursor.code)) return { breaks, widest };
    breaks += cursor.lineBreak();
  }
}
