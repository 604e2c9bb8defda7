import { tokens } from './lexer.ts';
import { TemplateError } from './template-error.ts';
import { showToken, type Token } from './token.ts';

/** Hands out the words of a template one by one, and takes them back. */
export class TokenReader {
  readonly #source: Iterator<Token, void>;
  readonly #seen: Token[] = [];
  #at = 0;

  constructor(source: string) {
    this.#source = tokens(source);
  }

  next(): Token {
    if (this.#at === this.#seen.length) {
      const { value } = this.#source.next();
      // Behind the end, and behind a fault, there is nothing more.
      this.#seen.push(value ?? (this.#seen.at(-1) as Token));
    }
    this.#at += 1;
    return this.#seen[this.#at - 1] as Token;
  }

  /** The next word that is not a blank. */
  nextWord(): Token {
    let token = this.next();
    while (token.kind === 'space') token = this.next();
    return token;
  }

  /** Takes back the word that was handed out last. */
  back(): void {
    this.#at -= 1;
  }

  peek(): Token {
    const token = this.next();
    this.back();
    return token;
  }

  /** Skips blanks and looks at the word behind them. */
  peekWord(): Token {
    const token = this.nextWord();
    this.back();
    return token;
  }

  /** The failure for a word that must not stand there. */
  unexpected(token: Token, context: string): TemplateError {
    if (token.kind === 'error') return this.fault(token.text);
    return this.fault(`unexpected ${showToken(token)} in ${context}`);
  }

  /** A failure at the line that was read last. */
  fault(message: string): TemplateError {
    const line = this.#seen[Math.max(0, this.#at - 1)]?.line ?? 1;
    return new TemplateError(`template: :${line}: ${message}`);
  }
}
