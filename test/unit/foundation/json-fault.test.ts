import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findJsonFault } from '../../../src/foundation/json-fault.ts';

describe('the first fault of JSON text', () => {
  it.each<[string, number, number, string]>([
    ['', 1, 1, 'a value'],
    ['{\n  "a": 1\n  "b": 2\n}', 3, 3, '"," or "}"'],
    ['{"a": 1,}', 1, 9, 'a key in double quotes'],
    ["{'a': 1}", 1, 2, 'a key in double quotes'],
    ['{"a" 1}', 1, 6, '":"'],
    ['{"a": tru}', 1, 7, 'a value'],
    ['{"a": 01}', 1, 7, 'a value'],
    ['["a\nb"]', 1, 2, 'a closed string without line breaks'],
    ['["a\\x"]', 1, 2, 'a closed string without line breaks'],
    ['[1, 2', 1, 6, '"," or "]"'],
    ['{} x', 1, 4, 'the end of the file'],
  ])('of %j is in line %d, column %d', (text, line, column, expected) => {
    expect(findJsonFault(text)).toEqual({ line, column, expected });
  });

  it('is there exactly when text is not JSON', () => {
    const isJson = (text: string): boolean => {
      try {
        JSON.parse(text);
        return true;
      } catch {
        return false;
      }
    };
    const broken = fc
      .tuple(fc.json(), fc.nat(), fc.string({ maxLength: 2 }))
      .map(([text, at, more]) => {
        const place = at % (text.length + 1);
        return text.slice(0, place) + more + text.slice(place + more.length);
      });
    fc.assert(
      fc.property(fc.oneof(fc.json(), broken), (text) => {
        expect(findJsonFault(text) === undefined).toBe(isJson(text));
      }),
    );
  });
});
