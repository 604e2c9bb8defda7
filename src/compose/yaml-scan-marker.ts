import { char, isBlankOrEnd } from './yaml-characters.ts';

/** `---` or `...` followed by white space; whether it starts a line is for the caller to know. */
export function isDocumentMarker(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return (
    (code === char.dash || code === char.dot) &&
    text.charCodeAt(at + 1) === code &&
    text.charCodeAt(at + 2) === code &&
    isBlankOrEnd(text.charCodeAt(at + 3))
  );
}
