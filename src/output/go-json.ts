/**
 * JSON as Go's encoder writes it, on one line: line separators are escaped, and unless told
 * otherwise also what has a meaning in HTML.
 */
export function goJson(value: unknown, { html = false }: { readonly html?: boolean } = {}): string {
  const text = JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'function' ? undefined : part,
  );
  const special = html ? /[<>&\u2028\u2029]/g : /[\u2028\u2029]/g;
  return text.replaceAll(
    special,
    (character) => String.raw`\u` + character.charCodeAt(0).toString(16).padStart(4, '0'),
  );
}
