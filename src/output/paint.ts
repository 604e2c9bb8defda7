/** Puts a text between the escape sequences of an SGR code (`31`, `1;36`), or leaves it plain. */
export type Paint = (code: number | string, text: string) => string;

/** Colours texts where colours are wanted. */
export function painter(color: boolean): Paint {
  return color ? (code, text) => `\u001B[${code}m${text}\u001B[0m` : (_code, text) => text;
}
