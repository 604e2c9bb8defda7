import { fail, ok, type Result } from '../foundation/result.ts';

const LITERAL =
  /^([+-]?)(?:0[xX](?:_?[\da-fA-F])+|0[bB](?:_?[01])+|0[oO]?(?:_?[0-7])+|0|[1-9](?:_?\d)*)$/;

/** A whole number as Go reads it: decimal, `0x1f`, `0b11`, `0o17` or `017`, with underscores between digits. */
export function parseInteger(
  text: string,
): Result<number, 'invalid syntax' | 'value out of range'> {
  const match = LITERAL.exec(text);
  if (match === null) return fail('invalid syntax');
  const digits = text.replace(/^[+-]/, '').replaceAll('_', '');
  const value = BigInt(/^0\d/.test(digits) ? `0o${digits.slice(1)}` : digits);
  const signed = match[1] === '-' ? -value : value;
  if (BigInt.asIntN(64, signed) !== signed) return fail('value out of range');
  return ok(Number(signed));
}
