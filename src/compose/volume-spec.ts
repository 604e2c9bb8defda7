import type { Result } from '../foundation/result.ts';

/** Where a volume in short form is mounted; the error is the reference's. */
export function volumeTarget(spec: string): Result<string, string> {
  if (spec === '') return { ok: false, error: 'invalid empty volume spec' };
  if (spec.length <= 2) return { ok: true, value: spec };
  const parts = splitSpec(spec);
  if (parts.includes('')) {
    return { ok: false, error: `invalid spec: ${spec}: empty section between colons` };
  }
  if (parts.length > 3) return { ok: false, error: `invalid spec: ${spec}: too many colons` };
  return { ok: true, value: parts[1] ?? parts[0] ?? '' };
}

/** Colons of `C:\\path` and of `${VAR:-x}` do not separate. */
function splitSpec(spec: string): string[] {
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  for (let index = 0; index < spec.length; index += 1) {
    const character = spec.charAt(index);
    if (character === '$' && spec[index + 1] === '{') depth += 1;
    else if (character === '}' && depth > 0) depth -= 1;
    const separates = character === ':' && depth === 0 && !/^\p{L}$/u.test(part);
    if (separates) {
      parts.push(part);
      part = '';
    } else part += character;
  }
  return [...parts, part];
}
