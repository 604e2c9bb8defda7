export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'space'
  | 'identifier'
  | 'keyword'
  | 'field'
  | 'variable'
  | 'dot'
  | 'nil'
  | 'bool'
  | 'string'
  | 'raw-string'
  | 'character'
  | 'number'
  | 'pipe'
  | 'declare'
  | 'assign'
  | 'left-paren'
  | 'right-paren'
  | 'symbol'
  | 'error'
  | 'end';

/** A word of a template, or what is wrong at that place. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Offset in the template. */
  readonly at: number;
  /** Counted from 1. */
  readonly line: number;
}

/** A token as it is called in messages. */
export function showToken({ kind, text }: Token): string {
  if (kind === 'end') return 'EOF';
  if (kind === 'error') return text;
  if (kind === 'keyword' || kind === 'dot' || kind === 'nil') return `<${text}>`;
  const letters = Array.from(text);
  return letters.length > 10
    ? `${JSON.stringify(letters.slice(0, 10).join(''))}...`
    : JSON.stringify(text);
}
