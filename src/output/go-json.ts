export interface JsonStyle {
  /** Escape what has a meaning in HTML. */
  readonly html?: boolean;
  /** Blanks per level; without, all is on one line. */
  readonly indent?: number;
}

/** JSON as Go's encoder writes it: line separators are escaped. Functions are left out. */
export function goJson(value: unknown, { html = false, indent = 0 }: JsonStyle = {}): string {
  const withoutFunctions = (_key: string, part: unknown): unknown =>
    typeof part === 'function' ? undefined : part;
  const text = JSON.stringify(value, withoutFunctions, indent);
  const special = html ? /[<>&\u2028\u2029]/g : /[\u2028\u2029]/g;
  return text.replaceAll(
    special,
    (character) => String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, '0'),
  );
}
