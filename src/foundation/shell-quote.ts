/** Characters that mean nothing to any shell. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/** A word as a shell has to be given it to take it literally. Backslashes stay outside: fish reads them within, too. */
export function shellQuote(word: string): string {
  if (PLAIN.test(word)) return word;
  return `'${word.replaceAll(/['\\]/g, `'\\$&'`)}'`;
}

/** A command line that gives a program exactly these arguments. */
export function shellCommand(argv: readonly string[]): string {
  return argv.map(shellQuote).join(' ');
}
