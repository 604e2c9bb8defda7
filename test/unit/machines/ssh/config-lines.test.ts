import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  configLines,
  configWords,
  matchesPatterns,
} from '../../../../src/machines/ssh/config-lines.ts';

/** Whether a name is meant by a pattern, letter by letter. */
function matches(name: string, pattern: string): boolean {
  if (pattern === '') return name === '';
  const rest = pattern.slice(1);
  if (pattern.startsWith('*')) {
    return matches(name, rest) || (name !== '' && matches(name.slice(1), pattern));
  }
  if (name === '') return false;
  return (pattern.startsWith('?') || pattern[0] === name[0]) && matches(name.slice(1), rest);
}

describe('lines of ssh_config', () => {
  it('give their words, quoted or not', () => {
    const word = fc.stringMatching(/^[^"\\\n\r#']{1,12}$/);
    fc.assert(
      fc.property(
        fc.array(word, { minLength: 1 }),
        fc.constantFrom(' ', '=', ' = '),
        (words, by) => {
          const text = `  UserKnownHostsFile${by}${words.map((each) => `"${each}"`).join(' ')} # rest\n`;
          expect(configLines(`\n# no\n${text}`)).toMatchObject([
            { keyword: 'userknownhostsfile', words },
          ]);
          const plain = words.filter((each) => /^\S+$/.test(each));
          expect(configWords(plain.join('  '))).toEqual(plain);
        },
      ),
    );
  });

  it('mean names by patterns, in which everything but * and ? is itself', () => {
    const letters = fc.stringMatching(/^[ab.*?+()[\]$^|-]{0,8}$/);
    const name = fc.stringMatching(/^[ab.+()[\]$^|-]{0,8}$/);
    fc.assert(
      fc.property(name, letters, letters, (host, pattern, other) => {
        expect(matchesPatterns(host, [pattern])).toBe(matches(host, pattern));
        expect(matchesPatterns(host, [pattern, `!${other}`])).toBe(
          matches(host, pattern) && !matches(host, other),
        );
      }),
    );
  });
});
