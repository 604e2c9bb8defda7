import { TemplateError } from './template-error.ts';

/** A piece of a template: text, or what stands between `{{` and `}}` as words. */
export type Piece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly tokens: readonly Token[] };

export interface Token {
  readonly kind: 'word' | 'field' | 'variable' | 'string' | 'number' | 'symbol';
  readonly text: string;
  /** Whether a blank stands before it: `.A .B` are two operands, `$x.B` is one. */
  readonly spaced: boolean;
}

const TOKEN =
  /\s*(?:(?<string>"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])')|(?<number>[+-]?(?:0[xX][\da-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?))|(?<variable>\$\w*)|(?<field>\.\w*)|(?<symbol>:=|[=|(),])|(?<word>[A-Za-z_]\w*))/y;

/** Splits a template at its actions and reads the words in them. @throws TemplateError */
export function tokenize(source: string): Piece[] {
  const pieces: Piece[] = [];
  let rest = source;
  let trimNext = false;
  while (rest !== '') {
    const open = rest.indexOf('{{');
    let text = open < 0 ? rest : rest.slice(0, open);
    if (trimNext) text = text.trimStart();
    const trimsBefore = open >= 0 && /^\{\{-\s/.test(rest.slice(open));
    if (trimsBefore) text = text.trimEnd();
    if (text !== '') pieces.push({ kind: 'text', text });
    if (open < 0) break;
    const { body, after, trims } = readAction(rest.slice(open + 2), trimsBefore);
    if (!body.trim().startsWith('/*')) pieces.push({ kind: 'action', tokens: readTokens(body) });
    rest = after;
    trimNext = trims;
  }
  return pieces;
}

function readAction(
  text: string,
  trimsBefore: boolean,
): { readonly body: string; readonly after: string; readonly trims: boolean } {
  const close =
    /^(?:"(?:\\.|[^"\\])*"|`[^`]*`|'(?:\\.|[^'\\])*'|\/\*[^]*?\*\/|[^"'`])*?(\s-)?\}\}/.exec(text);
  if (close === null) throw new TemplateError('unclosed action');
  const [whole, trim] = close;
  const body = whole.slice(trimsBefore ? 1 : 0, whole.length - 2 - (trim?.length ?? 0));
  return { body, after: text.slice(whole.length), trims: trim !== undefined };
}

function readTokens(body: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (body.slice(at).trim() !== '') {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(body);
    if (match === null) {
      const character = body.slice(at).trim().charAt(0);
      throw new TemplateError(`unexpected ${JSON.stringify(character)} in operand`);
    }
    const [kind, text] = Object.entries(match.groups ?? {}).find(
      ([, value]) => (value as string | undefined) !== undefined,
    ) ?? ['word', ''];
    const spaced = match[0].length > text.length;
    tokens.push({ kind: kind as Token['kind'], text, spaced: spaced || at === 0 });
    at = TOKEN.lastIndex;
  }
  return tokens;
}
