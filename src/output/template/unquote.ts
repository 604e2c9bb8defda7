const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

const ESCAPE =
  /\\(?:x([\da-fA-F]{2})|u([\da-fA-F]{4})|U([\da-fA-F]{8})|([0-7]{3})|([^xuU0-7]))|\\/g;

/** The text that a Go string or character literal stands for; undefined when it is not well-formed. */
export function unquote(literal: string): string | undefined {
  const quote = literal.charAt(0);
  const inner = literal.slice(1, -1);
  if (quote === '`') return inner.replaceAll('\r', '');
  let valid = true;
  const text = inner.replaceAll(ESCAPE, (...match: readonly (string | undefined)[]) => {
    const [, hex, short, long, octal, letter] = match;
    const digits = hex ?? short ?? long;
    const code =
      digits === undefined ? Number.parseInt(octal ?? '', 8) : Number.parseInt(digits, 16);
    if (code <= 0x10_ff_ff) return String.fromCodePoint(code);
    const plain = letter === quote ? letter : SIMPLE[letter ?? ''];
    valid &&= plain !== undefined;
    return plain ?? '';
  });
  return valid ? text : undefined;
}
