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
