const TRUE_WORDS = new Set(['1', 't', 'T', 'TRUE', 'true', 'True', 'y']);

/** Compose's reading of a boolean variable: Go's spellings and `y`. */
export function isTrue(text: string | undefined): boolean {
  return TRUE_WORDS.has(text ?? '');
}
