import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { shellCommand, shellQuote } from '../../../src/foundation/shell-quote.ts';

it.each([
  ['plain', 'plain'],
  ['', "''"],
  ['a b', "'a b'"],
  ["it's", "'it'\\''s'"],
  ['$HOME', "'$HOME'"],
  ['/a-b_c.d:e=f,g@h%i+j', '/a-b_c.d:e=f,g@h%i+j'],
  ['~', "'~'"],
  // fish reads backslashes in quotes: its users' hosts get the same lines.
  [String.raw`a\b`, String.raw`'a'\\'b'`],
])('%j is quoted as %s', (word, quoted) => {
  expect(shellQuote(word)).toBe(quoted);
});

it('a shell gives a program exactly the words that were quoted', () => {
  const words = fc.array(
    fc.string({ unit: 'grapheme' }).filter((word) => !word.includes('\0')),
    { maxLength: 5 },
  );
  fc.assert(
    fc.property(words, (argv) => {
      const script = `printf '%s\\0' ${shellCommand(argv)}`;
      const output = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
      expect(output).toBe(argv.length === 0 ? '\0' : argv.map((word) => `${word}\0`).join(''));
    }),
    { numRuns: 30 },
  );
});
