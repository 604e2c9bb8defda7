/**
 * Whether a service name fits a pattern with `*`, `?`, `[a-z]`, `[^a-z]` and `\` as Go's
 * `filepath.Match` takes them; a malformed pattern fits nothing.
 */
export function matchesName(pattern: string, name: string): boolean {
  if (!/[*?[\\]/.test(pattern)) return pattern === name;
  const expression = toExpression(pattern);
  return expression !== undefined && expression.test(name);
}

const TOKEN = /\[(\^?)((?:\\.|[^\]\\])+)\]|\\(.)|([^[\\])/suy;

function toExpression(pattern: string): RegExp | undefined {
  let source = '';
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < pattern.length) {
    const token = TOKEN.exec(pattern);
    if (token === null) return undefined;
    const [text, negated = '', ranges, escaped] = token;
    if (ranges !== undefined) source += `[${negated}${literal(ranges.replaceAll('\\', ''), '-')}]`;
    else if (text === '*') source += '[^/]*';
    else if (text === '?') source += '[^/]';
    else source += literal(escaped ?? text);
  }
  try {
    return new RegExp(`^${source}$`, 'su');
  } catch {
    return undefined;
  }
}

/** `text` as part of an expression where only the characters of `special` keep their meaning. */
function literal(text: string, special = ''): string {
  return text.replaceAll(/[^\w]/gu, (character) =>
    special.includes(character) ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
