import { byBytes } from './byte-order.ts';
import type { Style } from './rendered.ts';

/** The order in which a style prints the keys of a map. */
export function keyOrder(style: Style): (a: string, b: string) => number {
  return style === 'yaml' ? naturally : byBytes;
}

/**
 * The order of go-yaml: by code point, but letters after other characters, and numbers inside names
 * by their value (`a2` before `a10`).
 */
function naturally(a: string, b: string): number {
  if (a === b) return 0;
  const one = Array.from(a);
  const other = Array.from(b);
  const at = one.findIndex((character, index) => character !== other[index]);
  const [left, right] = [one[at], other[at]];
  if (left === undefined || right === undefined) return one.length - other.length;
  const [leftIsLetter, rightIsLetter] = [isLetter(left), isLetter(right)];
  if (leftIsLetter && rightIsLetter) return byBytes(left, right);
  if (leftIsLetter || rightIsLetter) {
    const insideNumber = /\p{Nd}/u.test(one[at - 1] ?? '');
    return leftIsLetter === insideNumber ? -1 : 1;
  }
  // After the first digit of a number, a zero counts: `100` is not `1` and `00`.
  const begun = (left === '0' || right === '0') && /[1-9]\d*$/.test(one.slice(0, at).join(''));
  const numbers = [digitsFrom(one, at), digitsFrom(other, at)] as const;
  const values = numbers.map((digits) => BigInt(`${begun ? '1' : '0'}${digits}`)) as [
    bigint,
    bigint,
  ];
  if (values[0] !== values[1]) return values[0] < values[1] ? -1 : 1;
  return numbers[0].length - numbers[1].length || byBytes(left, right);
}

function isLetter(character: string): boolean {
  return /\p{L}/u.test(character);
}

function digitsFrom(characters: readonly string[], at: number): string {
  return /^\d*/.exec(characters.slice(at).join(''))?.[0] ?? '';
}
