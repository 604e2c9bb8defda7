/** Tabs become two blanks and control characters a dot, so that columns below stay in line. */
export function printable(text: string): string {
  return text.replaceAll('\t', '  ').replaceAll(/[\u0000-\u0008\u000B-\u001F\u007F]/g, '·');
}

/** Terminal cells that a text takes: wide characters count as two, combining ones as none. */
export function cellWidth(text: string): number {
  let count = 0;
  for (const character of printable(text)) {
    if (/\p{Mark}/u.test(character)) continue;
    count += isWide(character.codePointAt(0) ?? 0) ? 2 : 1;
  }
  return count;
}

function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}

/** The longest beginning of a text that takes at most `cells`, with `…` at the end if it was cut. */
export function cutEnd(text: string, cells: number): string {
  if (cellWidth(text) <= cells) return text;
  return cells < 1 ? '' : `${take(Array.from(text), cells - 1).join('')}…`;
}

/** As `cutEnd`, but leaves out the middle and keeps more of the end, where names differ. */
export function cutMiddle(text: string, cells: number): string {
  if (cellWidth(text) <= cells) return text;
  if (cells < 3) return cutEnd(text, cells);
  const characters = Array.from(text);
  const tail = take(characters.toReversed(), Math.ceil(((cells - 1) * 2) / 3)).toReversed();
  const head = take(characters, cells - 1 - cellWidth(tail.join('')));
  return `${head.join('')}…${tail.join('')}`;
}

/** Blanks up to `cells`; longer texts stay as they are. */
export function padCells(text: string, cells: number): string {
  return text + ' '.repeat(Math.max(cells - cellWidth(text), 0));
}

function take(characters: readonly string[], cells: number): string[] {
  let left = cells;
  const end = characters.findIndex((character) => {
    left -= cellWidth(character);
    return left < 0;
  });
  return characters.slice(0, end < 0 ? characters.length : end);
}
