import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatJournalLine, parseJournal } from '../../../../src/machines/store/journal-text.ts';
import type { JournalLine } from '../../../../src/machines/store/machine-record.ts';

const at = '2026-11-26T10:00:00.000Z';
const text = fc.string({ minLength: 1, unit: 'grapheme' });
const line: fc.Arbitrary<JournalLine> = fc.oneof(
  fc.record({ at: fc.constant(at), event: fc.constant('step' as const), step: text }),
  fc.record({ at: fc.constant(at), event: fc.constant('step-done' as const), step: text }),
  fc.record({
    at: fc.constant(at),
    event: fc.constant('intend' as const),
    kind: text,
    token: text,
  }),
  fc.record({ at: fc.constant(at), event: fc.constant('made' as const), kind: text, id: text }),
  fc.record({ at: fc.constant(at), event: fc.constant('removed' as const), kind: text, id: text }),
);

describe('a journal as text', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const whole = lines.map(formatJournalLine).join('');
        expect(parseJournal(whole, 'j')).toEqual({ lines, length: Buffer.byteLength(whole) });
      }),
    );
  });

  it('gives its whole lines wherever it was torn', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 6 }), fc.nat(), (lines, cut) => {
        const bytes = Buffer.from(lines.map(formatJournalLine).join(''));
        const torn = bytes.subarray(0, bytes.length === 0 ? 0 : cut % (bytes.length + 1));
        const parsed = parseJournal(torn.toString(), 'j');
        expect(parsed.lines).toEqual(lines.slice(0, parsed.lines.length));
        const next = lines[parsed.lines.length];
        const rest = torn.length - parsed.length;
        expect(rest).toBeLessThan(
          next === undefined ? 1 : Buffer.byteLength(formatJournalLine(next)),
        );
      }),
    );
  });

  it.each([
    [
      '{"at":"x","event":"step","step":"a"}\n{broken\n',
      '/j:2:2: a key in double quotes is missing',
    ],
    ['[]\n', '/j:1:1: an object is missing'],
    ['{"at":"x","event":"dance"}\n', '/j:1:1: "dance" is no event of a journal'],
    ['{"at":"x","event":"made","kind":"instance"}\n', '/j:1:1: id is missing'],
    ['\n', '/j:1:1: a value is missing'],
  ])('with a broken line in it is refused: %j', (journal, message) => {
    expect(() => parseJournal(journal, '/j')).toThrow(message);
  });
});
