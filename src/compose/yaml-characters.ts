/** Classes of UTF-16 units; NaN, what reading behind the end gives, belongs to `isEnd` only. */

export const char = {
  tab: 9,
  lineFeed: 10,
  return: 13,
  space: 32,
  bang: 33,
  doubleQuote: 34,
  hash: 35,
  percent: 37,
  ampersand: 38,
  singleQuote: 39,
  asterisk: 42,
  plus: 43,
  comma: 44,
  dash: 45,
  dot: 46,
  zero: 48,
  nine: 57,
  colon: 58,
  less: 60,
  greater: 62,
  question: 63,
  at: 64,
  openBracket: 91,
  backslash: 92,
  closeBracket: 93,
  backtick: 96,
  openBrace: 123,
  pipe: 124,
  closeBrace: 125,
  byteOrderMark: 0xfeff,
} as const;

export function isEnd(code: number): boolean {
  return Number.isNaN(code);
}

export function isSpace(code: number): boolean {
  return code === char.space;
}

export function isBlank(code: number): boolean {
  return code === char.space || code === char.tab;
}

/** Line breaks of YAML 1.1, which the reference keeps to: also NEL, LS and PS. */
export function isBreak(code: number): boolean {
  return (
    code === char.lineFeed ||
    code === char.return ||
    (code > 0x7f && (code === 0x85 || code === 0x2028 || code === 0x2029))
  );
}

export function isBreakOrEnd(code: number): boolean {
  return isBreak(code) || isEnd(code);
}

export function isBlankOrEnd(code: number): boolean {
  return isBlank(code) || isBreakOrEnd(code);
}

/** Letters, digits, `_` and `-`. */
export function isWord(code: number): boolean {
  return (
    (code >= 97 && code <= 122) ||
    (code >= 65 && code <= 90) ||
    isDigit(code) ||
    code === 95 ||
    code === char.dash
  );
}

export function isDigit(code: number): boolean {
  return code >= char.zero && code <= char.nine;
}

export function isFlowIndicator(code: number): boolean {
  return (
    code === char.comma ||
    code === char.openBracket ||
    code === char.closeBracket ||
    code === char.openBrace ||
    code === char.closeBrace
  );
}

/** Characters that no plain scalar starts with, `-` `?` `:` apart. */
export function isIndicator(code: number): boolean {
  return (
    isFlowIndicator(code) ||
    code === char.hash ||
    code === char.ampersand ||
    code === char.asterisk ||
    code === char.bang ||
    code === char.pipe ||
    code === char.greater ||
    code === char.singleQuote ||
    code === char.doubleQuote ||
    code === char.percent ||
    code === char.at ||
    code === char.backtick
  );
}
