import type { Diagnostic } from './diagnostic.ts';
import { lineColumn } from './source.ts';
import type { SourceFile, Span } from './source.ts';
import { substitute } from './substitute.ts';
import type { Lookup } from './substitute.ts';

/** What an env file gives: its own variables in the order of the text, and every fault. */
export interface ParsedEnvFile {
  readonly variables: ReadonlyMap<string, string>;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads an env file in the dialect of the reference: `KEY=v`, `KEY: v`, `export`, quotes over many
 * lines, escapes in double quotes, variables expanded from `lookup` first, then from earlier keys
 * of the file, then from `earlier` files. A bare `KEY` takes its value from `lookup` or is left out.
 */
export function parseDotenv(
  file: SourceFile,
  lookup: Lookup,
  earlier?: ReadonlyMap<string, string>,
): ParsedEnvFile {
  const reader = new DotenvReader(file, lookup, earlier);
  reader.run();
  return { variables: reader.variables, diagnostics: reader.diagnostics };
}

/** White space as Go's `unicode.IsSpace` has it, and without line feeds and exotic spaces. */
const anySpace = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*/y;
const lineSpace = /[\t\v\f\r \x85\xa0]*/y;
const trailingSpace = /[\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]+$/;
const exportWord = /export[\t\n\f\r ]/y;
const keyText = /[\p{L}\p{N}_.\-[\]\t\v\f\r \x85\xa0]*/uy;

class DotenvReader {
  readonly variables = new Map<string, string>();
  readonly diagnostics: Diagnostic[] = [];
  readonly #file: SourceFile;
  readonly #text: string;
  readonly #lookup: Lookup;
  readonly #earlier: ReadonlyMap<string, string> | undefined;
  #at = 0;

  constructor(file: SourceFile, lookup: Lookup, earlier: ReadonlyMap<string, string> | undefined) {
    this.#file = file;
    this.#text = file.text;
    this.#lookup = lookup;
    this.#earlier = earlier;
  }

  run(): void {
    if (this.#text.startsWith('\uFEFF')) this.#at = 1;
    for (;;) {
      this.#skip(anySpace);
      if (this.#at >= this.#text.length) return;
      if (this.#text[this.#at] === '#') this.#at = this.#endOfLine();
      else this.#statement();
    }
  }

  #statement(): void {
    exportWord.lastIndex = this.#at;
    if (exportWord.test(this.#text)) {
      this.#at += 'export'.length;
      this.#skip(lineSpace);
    }
    const start = this.#at;
    this.#skip(keyText);
    const end = this.#at;
    const key = this.#text.slice(start, end).replace(trailingSpace, '');
    const stop = this.#text[end];
    if (stop !== undefined && stop !== '=' && stop !== ':' && stop !== '\n') {
      this.#badCharacter(start, end);
    } else if (start === this.#text.length) {
      this.#fault('env-file/no-key', 'zero length string: a name must follow export', start, start);
    } else if (key.includes(' ')) {
      this.#fault('env-file/key-space', 'key cannot contain a space', start, start + key.length);
      this.#at = this.#endOfLine();
    } else if (stop === '=' || stop === ':') {
      this.#at = end + 1;
      this.#skip(lineSpace);
      this.#value(key);
    } else {
      const value = this.#lookup(key);
      if (value !== undefined) this.variables.set(key, value);
    }
  }

  #badCharacter(start: number, end: number): void {
    const character = String.fromCodePoint(this.#text.codePointAt(end) ?? 0);
    const line = this.#text.slice(start, this.#endOfLine());
    const message = `unexpected character ${JSON.stringify(character)} in variable name ${JSON.stringify(line)}`;
    this.#fault('env-file/key-character', message, end, end + character.length);
    this.#at = this.#endOfLine();
  }

  #value(key: string): void {
    const quote = this.#text[this.#at];
    if (quote === '"' || quote === "'") this.#quoted(key, quote);
    else this.#unquoted(key);
  }

  #unquoted(key: string): void {
    const start = this.#at;
    this.#at = this.#endOfLine();
    const line = this.#text.slice(start, this.#at);
    const comment = line.indexOf(' #');
    const raw = (comment < 0 ? line : line.slice(0, comment)).replace(trailingSpace, '');
    this.variables.set(key, this.#expand(raw, start, start + raw.length));
  }

  #quoted(key: string, quote: string): void {
    const start = this.#at;
    const close = closingQuote(this.#text, start, quote);
    if (close < 0) {
      const line = this.#text.slice(start, this.#endOfLine());
      const message = `unterminated quoted value ${line}`;
      this.#fault('env-file/unterminated-quote', message, start, start + line.length);
      this.#at = this.#text.length;
      return;
    }
    this.#at = close + 1;
    const raw = this.#text.slice(start + 1, close).replaceAll(`\\${quote}`, quote);
    const value = quote === "'" ? raw : this.#expand(unescape(raw), start, this.#at);
    this.variables.set(key, value);
  }

  #expand(template: string, start: number, end: number): string {
    const { text, faults, unset } = substitute(
      template,
      (name) => this.#lookup(name) ?? this.variables.get(name) ?? this.#earlier?.get(name),
    );
    const span = this.#span(start, end);
    for (const fault of faults) {
      const reason = fault.reason === '' ? '' : `: ${fault.reason}`;
      const isInvalid = fault.kind === 'invalid';
      this.diagnostics.push({
        severity: 'error',
        code: isInvalid ? 'interpolation/invalid' : 'interpolation/required',
        message: isInvalid
          ? `Invalid template: ${JSON.stringify(fault.subject)}`
          : `required variable ${fault.subject} is missing a value${reason}`,
        span,
        ...(isInvalid && {
          hint: 'write $$ for a literal dollar, or put the value in single quotes',
        }),
      });
    }
    for (const { name } of unset) {
      const message = `The ${JSON.stringify(name)} variable is not set. Defaulting to a blank string.`;
      this.diagnostics.push({ severity: 'warning', code: 'interpolation/unset', message, span });
    }
    return text;
  }

  #skip(pattern: RegExp): void {
    pattern.lastIndex = this.#at;
    pattern.test(this.#text);
    this.#at = Math.max(this.#at, pattern.lastIndex);
  }

  #endOfLine(): number {
    const end = this.#text.indexOf('\n', this.#at);
    return end < 0 ? this.#text.length : end;
  }

  #span(start: number, end: number): Span {
    return { file: this.#file, start, end };
  }

  #fault(code: string, what: string, start: number, end: number): void {
    const message = `line ${lineColumn(this.#file, start).line}: ${what}`;
    this.diagnostics.push({ severity: 'error', code, message, span: this.#span(start, end) });
  }
}

/** Offset of the quote that ends the value at `start`, or -1; a backslash hides one character. */
function closingQuote(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at += 1) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
}

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '"': '"',
  '\\': '\\',
  // The expansion that follows reads a doubled dollar as a literal one.
  $: '$$',
};

/** Escapes of double quotes; octal is `\0` and three digits, unknown ones stay as they are. */
function unescape(text: string): string {
  return text.replace(
    /\\(?:([abcfnrtv$"\\])|0(\d{0,3}))/g,
    (match, letter?: string, octal = '') => {
      if (letter !== undefined) return simpleEscapes[letter] ?? match;
      const isByte = /^[0-3][0-7]{2}$/.test(octal);
      return isByte ? String.fromCodePoint(parseInt(octal, 8)) : `\\${octal}`;
    },
  );
}
