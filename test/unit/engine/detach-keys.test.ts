import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createDetachFilter,
  DEFAULT_DETACH_KEYS,
  parseDetachKeys,
} from '../../../src/engine/interactive/detach-keys.ts';

describe('reading a sequence of detach keys', () => {
  it.each([
    ['ctrl-p,ctrl-q', [16, 17]],
    ['ctrl-@', [0]],
    ['ctrl-a,x', [1, 0x78]],
    ['ctrl-[,ctrl-\\,ctrl-],ctrl-^,ctrl-_', [27, 28, 29, 30, 31]],
    ['DEL', [127]],
    ['q', [0x71]],
  ])('%s', (text, codes) => {
    expect(parseDetachKeys(text)).toEqual({ ok: true, value: Uint8Array.from(codes) });
  });

  it.each([
    ['foo', 'foo'],
    ['ctrl-p,', ''],
    ['ctrl-P', 'ctrl-P'],
    ['ctrl-', 'ctrl-'],
    ['a,ctrl-pp', 'ctrl-pp'],
    ['é', 'é'],
    ['del', 'del'],
  ])('%s is refused', (text, part) => {
    expect(parseDetachKeys(text)).toEqual({ ok: false, error: `Unknown character: '${part}'` });
  });
});

/** Types the chunks and tells what came through and whether the user detached. */
function type(keys: Uint8Array, chunks: readonly Uint8Array[]): { passed: string; after?: number } {
  const filter = createDetachFilter(keys);
  const passed: Uint8Array[] = [];
  for (const [at, chunk] of chunks.entries()) {
    const { bytes, detached } = filter.push(chunk);
    passed.push(bytes);
    if (detached) return { passed: Buffer.concat(passed).toString('latin1'), after: at };
  }
  passed.push(filter.pending());
  return { passed: Buffer.concat(passed).toString('latin1') };
}

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const each = (text: string): readonly Uint8Array[] => text.split('').map((one) => bytes(one));

describe('finding detach keys in what is typed', () => {
  it.each([
    ['in one chunk', [bytes('ls\x10\x11rest')], { passed: 'ls', after: 0 }],
    ['key by key', each('l\x10\x11'), { passed: 'l', after: 2 }],
    ['after its own beginning', each('\x10\x10\x11'), { passed: '\x10', after: 2 }],
  ])('ends the session %s', (_how, chunks, expected) => {
    expect(type(DEFAULT_DETACH_KEYS, chunks)).toEqual(expected);
  });

  it.each(['\x10x', '\x11\x10', '\x10\x10', 'text', '\x10'])('passes %j on', (text) => {
    expect(type(DEFAULT_DETACH_KEYS, each(text))).toEqual({ passed: text });
    expect(type(DEFAULT_DETACH_KEYS, [bytes(text)])).toEqual({ passed: text });
  });

  it('holds the beginning back until the next key is typed', () => {
    const filter = createDetachFilter(DEFAULT_DETACH_KEYS);
    expect(Buffer.from(filter.push(bytes('a\x10')).bytes).toString('latin1')).toBe('a');
    expect(Buffer.from(filter.push(bytes('b')).bytes).toString('latin1')).toBe('\x10b');
  });

  it('finds the first occurrence of any sequence, however the input is cut', () => {
    const few = fc.integer({ min: 97, max: 99 });
    const sequence = fc.uint8Array({ min: 97, max: 99, minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(sequence, fc.array(fc.array(few)), (keys, typed) => {
        const chunks = typed.map((codes) => Uint8Array.from(codes));
        const text = Buffer.concat(chunks).toString('latin1');
        const at = text.indexOf(Buffer.from(keys).toString('latin1'));
        const { passed, after } = type(keys, chunks);
        expect(passed).toBe(at < 0 ? text : text.slice(0, at));
        expect(after !== undefined).toBe(at >= 0);
      }),
    );
  });
});
