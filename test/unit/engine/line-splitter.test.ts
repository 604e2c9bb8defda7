import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLineSplitter } from '../../../src/engine/logs/line-splitter.ts';

/** Text with line breaks and characters of one to four bytes. */
const TEXT = fc
  .array(fc.constantFrom('a', '\n', '\r', 'é', '€', '😀'))
  .map((parts) => parts.join(''));

describe('splitting of lines', () => {
  it('joins to the same text, wherever characters are cut', () => {
    fc.assert(
      fc.property(TEXT, fc.array(fc.nat(9)), (text, cuts) => {
        const bytes = Buffer.from(text);
        const splitter = createLineSplitter();
        const lines = [];
        let at = 0;
        for (const cut of cuts) {
          lines.push(...splitter.push(bytes.subarray(at, at + cut)));
          at = Math.min(bytes.length, at + cut);
        }
        lines.push(...splitter.push(bytes.subarray(at)));
        expect(splitter.open()).toBe(!(text === '' || text.endsWith('\n')));
        lines.push(...splitter.end());
        const wanted = bytes.toString().split('\n');
        expect(lines).toEqual(wanted.at(-1) === '' ? wanted.slice(0, -1) : wanted);
      }),
    );
  });

  it('has nothing more after its end', () => {
    const splitter = createLineSplitter();
    splitter.push(Buffer.from('a\nb'));
    expect(splitter.end()).toEqual(['b']);
    expect(splitter.end()).toEqual([]);
  });
});
