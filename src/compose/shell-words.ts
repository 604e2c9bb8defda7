/** What is open at a point of a command line; several can be at once. */
interface Open {
  single: boolean;
  double: boolean;
  back: boolean;
  substitution: boolean;
}

/**
 * Splits a command line into words with the rules of go-shellwords, which are not quite those of a
 * shell: outside single quotes, a backslash makes a tab of `t`, a line feed of `n` and keeps any other
 * character as it is; backquotes and `$( )` group and are kept; the first `;`, `&`, `|`, `<` or `>` outside quotes ends the
 * line. Undefined where something stays open or a parenthesis is out of place.
 */
export function shellWords(line: string): string[] | undefined {
  const open: Open = { single: false, double: false, back: false, substitution: false };
  const words: string[] = [];
  let word: string | undefined;
  let escaped = false;
  for (const character of line) {
    if (escaped) {
      word = (word ?? '') + unescaped(character, open);
      escaped = false;
    } else if (character === '\\' && !open.single) {
      escaped = true;
    } else if (/[ \t\r\n]/.test(character) && !isOpen(open)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (togglesQuote(character, open)) {
      if (!open.single && !open.double) word ??= '';
    } else if (/[;&|<>]/.test(character) && !isOpen(open)) {
      // `2>file`: the number belongs to the redirection.
      if (character === '>' && /^[0-9]+$/.test(word ?? '')) word = undefined;
      break;
    } else if (canFollow(character, word ?? '', open)) {
      word = (word ?? '') + character;
    } else {
      return undefined;
    }
  }
  if (escaped || isOpen(open)) return undefined;
  return word === undefined ? words : [...words, word];
}

function isOpen({ single, double, back, substitution }: Open): boolean {
  return single || double || back || substitution;
}

/** What an escaped character stands for: itself, a tab or a line feed; groups keep the backslash. */
function unescaped(character: string, { back, substitution }: Open): string {
  if (back || substitution) return `\\${character}`;
  if (character === 't') return '\t';
  return character === 'n' ? '\n' : character;
}

/** Opens or closes a quote that groups and vanishes. */
function togglesQuote(character: string, open: Open): boolean {
  if (open.substitution || open.back) return false;
  if (character === '"' && !open.single) open.double = !open.double;
  else if (character === "'" && !open.double) open.single = !open.single;
  else return false;
  return true;
}

/** Opens or closes a group whose marks stay in the word; false where it may not be here. */
function canFollow(character: string, word: string, open: Open): boolean {
  if (open.single || open.double) return true;
  if (character === '`' && !open.substitution) open.back = !open.back;
  if (open.back) return true;
  if (character === ')' && !open.substitution) return false;
  if (character === ')') open.substitution = false;
  if (character !== '(') return true;
  if (open.substitution || !/(?:^|[^\\])\$$/s.test(word)) return false;
  open.substitution = true;
  return true;
}
