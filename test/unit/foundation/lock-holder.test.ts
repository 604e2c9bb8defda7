import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { describeHolder, formatHolder, parseHolder } from '../../../src/foundation/lock-holder.ts';

const holder = { process: 4711, user: 'root', command: 'tcompose up', since: 1_000_000 };

describe('who holds a lock', () => {
  it('is read as it was written', () => {
    expect(parseHolder(formatHolder(holder))).toEqual(holder);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', 'hello\n'],
    ['half a line', formatHolder(holder).slice(0, -4)],
    ['something else', '[1, 2]'],
    ['null', 'null'],
    ['no number', JSON.stringify({ ...holder, process: 'x' })],
    ['no time', JSON.stringify({ ...holder, since: null })],
    ['no words', JSON.stringify({ ...holder, user: 7 })],
    ['too much', JSON.stringify({ ...holder, user: 'x'.repeat(2000) })],
  ])('is unknown when it says %s', (_name, text) => {
    expect(parseHolder(text)).toBeUndefined();
  });

  it('never brings control characters to a terminal', () => {
    fc.assert(
      fc.property(fc.uint16Array({ maxLength: 20 }), (codes) => {
        const text = String.fromCharCode(...codes);
        const read = parseHolder(formatHolder({ ...holder, user: text, command: text }));
        expect(describeHolder(read, 0)).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });

  it('is described with its process and how long it has been at it', () => {
    expect(describeHolder(holder, 1_012_400)).toBe('"tcompose up" (process 4711 of root, for 12s)');
    expect(describeHolder(holder, 0)).toBe('"tcompose up" (process 4711 of root, for 0s)');
    expect(describeHolder(undefined, 0)).toBe('another command');
  });
});
