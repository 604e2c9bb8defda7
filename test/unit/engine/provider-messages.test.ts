import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonValues } from '../../../src/engine/provider/json-values.ts';
import { firstLine, parseProviderMessage } from '../../../src/engine/provider/message.ts';

/** All values of text that arrives in these pieces. */
function valuesOf(...pieces: readonly string[]): readonly string[] {
  const values = new JsonValues();
  return [...pieces.flatMap((piece) => values.push(piece)), ...values.end()];
}

describe('JSON of a provider', () => {
  it.each([
    ['one a line', ['{"a":1}\n{"b":2}\n'], ['{"a":1}', '{"b":2}']],
    ['two on a line', ['{"a":1}{"b":2}'], ['{"a":1}', '{"b":2}']],
    ['over several lines', ['{\n "a": {\n"b": 1}}\n'], ['{\n "a": {\n"b": 1}}']],
    ['braces and quotes in strings', ['{"a":"}\\"{"}\n'], ['{"a":"}\\"{"}']],
    ['a backslash at the end of a string', ['{"a":"\\\\"}{"b":1}'], ['{"a":"\\\\"}', '{"b":1}']],
    ['words between them', ['hello\n{"a":1}\nbye'], ['hello', '{"a":1}', 'bye']],
    ['an object that does not end', ['{"a":'], ['{"a":']],
    ['nothing', ['\n \n'], []],
  ])('%s', (_title, pieces, expected) => {
    expect(valuesOf(...pieces)).toEqual(expected);
  });

  it('is the same however it is cut into pieces', () => {
    const objects = fc.array(fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer())));
    fc.assert(
      fc.property(objects, fc.nat(), (values, seed) => {
        const text = values.map((value) => `${JSON.stringify(value)}\n`).join('');
        const size = 1 + (seed % 7);
        const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, index) =>
          text.slice(index * size, (index + 1) * size),
        );
        expect(valuesOf(...pieces)).toEqual(values.map((value) => JSON.stringify(value)));
      }),
    );
  });
});

describe('a message of a provider', () => {
  it.each([
    ['{"type":"info","message":"at work"}', { type: 'info', text: 'at work' }],
    ['{"type":"error","message":"no"}', { type: 'error', text: 'no' }],
    ['{"type":"debug"}', { type: 'debug', text: '' }],
    ['{"type":"setenv","message":"URL=a=b"}', { type: 'setenv', key: 'URL', value: 'a=b' }],
    ['{"type":"rawsetenv","message":"K="}', { type: 'rawsetenv', key: 'K', value: '' }],
  ])('%s', (json, value) => {
    expect(parseProviderMessage(json)).toEqual({ ok: true, value });
  });

  // The words of Compose (pkg/compose/plugins.go and encoding/json), because people search for them.
  it.each([
    ['{"type":"setenv","message":"URL"}', 'invalid response from plugin: URL'],
    ['{"type":"other","message":"x"}', 'invalid response from plugin: other'],
    ['{"message":"x"}', 'invalid response from plugin: '],
    ['hello', "invalid character 'h' looking for beginning of value"],
    ["'x'", "invalid character '\\'' looking for beginning of value"],
    ['{"type":', 'invalid response from plugin: {"type":'],
  ])('%s is refused', (json, error) => {
    expect(parseProviderMessage(json)).toEqual({ ok: false, error });
  });

  it('shows its first line', () => {
    expect(['a\nb', 'a\n\n', '', '\n'].map(firstLine)).toEqual(['a', 'a', '', '']);
  });
});
