import { special } from './yaml-style.ts';

/** Lines are broken at the first single space beyond this column. */
const WIDTH = 80;

/** Where a scalar begins, and what stands before its continuation lines. */
export interface Placement {
  /** What stands before it on its line; undefined where lines may not be broken, as in keys. */
  readonly lead: string | undefined;
  readonly indent: string;
}

/** A text without quotes. */
export function plainText(text: string, at: Placement): string {
  if (at.lead === undefined || at.lead.length + text.length <= WIDTH) return text;
  return folded(text, at, {
    write: (character) => character,
    breaksAt: (characters, index) => characters[index + 1] !== ' ',
  });
}

/** A text in single quotes. */
export function singleQuoted(text: string, at: Placement): string {
  const inner = folded(text, afterQuote(at), {
    write: (character) => (character === "'" ? "''" : character),
    breaksAt: (characters, index) => isInside(characters, index) && characters[index + 1] !== ' ',
  });
  return `'${inner}'`;
}

/** A text in double quotes, with go-yaml's escapes. */
export function doubleQuoted(text: string, at: Placement): string {
  const inner = folded(text, afterQuote(at), {
    write: (character) => {
      const plain = character !== '"' && character !== '\\' && !special.test(character);
      return plain && character !== '\t' && character !== '\n' ? character : escape(character);
    },
    breaksAt: isInside,
  });
  return `"${inner}"`;
}

function afterQuote({ lead, indent }: Placement): Placement {
  return { lead: lead === undefined ? undefined : `${lead}'`, indent };
}

function isInside(characters: readonly string[], index: number): boolean {
  return index > 0 && index < characters.length - 1;
}

interface Writing {
  readonly write: (character: string) => string;
  readonly breaksAt: (characters: readonly string[], index: number) => boolean;
}

function folded(text: string, at: Placement, { write, breaksAt }: Writing): string {
  const characters = Array.from(text);
  if (at.lead === undefined || at.lead.length + text.length <= WIDTH) {
    return characters.map(write).join('');
  }
  let column = Array.from(at.lead).length;
  let written = '';
  let afterSpace = false;
  for (const [index, character] of characters.entries()) {
    const isSpace = character === ' ';
    if (isSpace && !afterSpace && column > WIDTH && breaksAt(characters, index)) {
      // A line cannot begin with a space that means something, unless it is escaped.
      const lead = at.indent + (characters[index + 1] === ' ' ? '\\' : '');
      written += `\n${lead}`;
      column = lead.length;
    } else {
      const shown = write(character);
      written += shown;
      column += shown === character ? 1 : shown.length;
    }
    afterSpace = isSpace;
  }
  return written;
}

const escapes: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\xa0': '_',
  '\u2028': 'L',
  '\u2029': 'P',
};

function escape(character: string): string {
  const named = escapes[character];
  if (named !== undefined) return `\\${named}`;
  const code = character.codePointAt(0) ?? 0;
  const [mark, width] = code <= 0xff ? ['x', 2] : code <= 0xffff ? ['u', 4] : ['U', 8];
  return `\\${mark}${code.toString(16).toUpperCase().padStart(width, '0')}`;
}
