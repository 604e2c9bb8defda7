import fc from 'fast-check';
import { expect, it, test } from 'vitest';

import { shellWords } from '../../../src/compose/shell-words.ts';

test.each<[string, string[] | undefined]>([
  ['', []],
  ['  \t\n', []],
  ['echo hello  world', ['echo', 'hello', 'world']],
  [`sh -c 'echo "a b"'`, ['sh', '-c', 'echo "a b"']],
  ['a"b c"d', ['ab cd']],
  ['a "" b', ['a', '', 'b']],
  ['a\\ b', ['a b']],
  [`'a\\b'`, ['a\\b']],
  ['"a\\"b"', ['a"b']],
  ['echo $HOME $$', ['echo', '$HOME', '$$']],
  ['echo `date -u` x', ['echo', '`date -u`', 'x']],
  ['echo $(date -u) x', ['echo', '$(date -u)', 'x']],
  ['a; b', ['a']],
  ['a && b', ['a']],
  ['a | b', ['a']],
  ['a "&&" b', ['a', '&&', 'b']],
  ['run 2>file', ['run']],
  ['run x>file', ['run', 'x']],
  ['run 2x>file', ['run', '2x']],
  ['printf a\\tb\\nc', ['printf', 'a\tb\nc']],
  ['echo `a\\tb`', ['echo', '`a\\tb`']],
  ['echo `"a`', ['echo', '`"a`']],
  ['echo a)', undefined],
  ['echo "open', undefined],
  ["echo 'open", undefined],
  ['echo `open', undefined],
  ['echo trailing\\', undefined],
  ['echo (a)', undefined],
])('%j', (line, words) => {
  expect(shellWords(line)).toEqual(words);
});

it('gives back words that were quoted', () => {
  fc.assert(
    fc.property(fc.array(fc.string().filter((word) => !word.includes("'"))), (words) => {
      expect(shellWords(words.map((word) => `'${word}'`).join(' '))).toEqual(words);
    }),
  );
});
