/** Where text stops being JSON, and what should be there instead. */
export interface JsonFault {
  /** One-based. */
  readonly line: number;
  readonly column: number;
  readonly expected: string;
}

/**
 * Finds the first place at which text is not JSON; undefined: it is JSON. Messages of `JSON.parse`
 * quote the text, which must not be shown where it may hold passwords.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const scanner = new Scanner(text);
  const expected = scanner.document();
  if (expected === undefined) return undefined;
  const before = text.slice(0, scanner.at);
  const line = before.split('\n').length;
  return { line, column: scanner.at - (before.lastIndexOf('\n') + 1) + 1, expected };
}

const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.+-])/y;
const STRING = /"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/uy;

/** Every method returns what it misses at `at`, or undefined when all is well. */
class Scanner {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): string | undefined {
    const missing = this.#value();
    if (missing !== undefined) return missing;
    return this.#peek() === '' ? undefined : 'the end of the file';
  }

  #value(): string | undefined {
    switch (this.#peek()) {
      case '{':
        return this.#list('}', () => this.#member());
      case '[':
        return this.#list(']', () => this.#value());
      case '"':
        return this.#take(STRING, 'a closed string without line breaks');
      default:
        return this.#take(SCALAR, 'a value');
    }
  }

  #list(end: string, item: () => string | undefined): string | undefined {
    this.at += 1;
    if (this.#peek() === end) {
      this.at += 1;
      return undefined;
    }
    for (;;) {
      const missing = item();
      if (missing !== undefined) return missing;
      const next = this.#peek();
      if (next !== ',' && next !== end) return `"," or "${end}"`;
      this.at += 1;
      if (next === end) return undefined;
    }
  }

  #member(): string | undefined {
    if (this.#peek() !== '"') return 'a key in double quotes';
    const missing = this.#take(STRING, 'a closed string without line breaks');
    if (missing !== undefined) return missing;
    if (this.#peek() !== ':') return '":"';
    this.at += 1;
    return this.#value();
  }

  /** The next character after white space; empty at the end. */
  #peek(): string {
    while (/[ \t\r\n]/.test(this.#text[this.at] ?? '')) this.at += 1;
    return this.#text[this.at] ?? '';
  }

  #take(pattern: RegExp, name: string): string | undefined {
    pattern.lastIndex = this.at;
    if (!pattern.test(this.#text)) return name;
    this.at = pattern.lastIndex;
    return undefined;
  }
}
