import { fail, ok, type Result } from '../../foundation/result.ts';

/** Ctrl-P Ctrl-Q, unless something else is configured. */
export const DEFAULT_DETACH_KEYS: Uint8Array = Uint8Array.of(16, 17);

/** Keys that are written `ctrl-` and this; their place is their code. */
const CONTROL_KEYS = '@abcdefghijklmnopqrstuvwxyz[\\]^_';

/**
 * Reads a key sequence as the docker command takes it: keys separated by commas, each of them one
 * character, `ctrl-` and a character, or `DEL`. The error names the part that is no key.
 */
export function parseDetachKeys(text: string): Result<Uint8Array, string> {
  const codes: number[] = [];
  for (const key of text.split(',')) {
    const code = keyCode(key);
    if (code === undefined) return fail(`Unknown character: '${key}'`);
    codes.push(code);
  }
  return ok(Uint8Array.from(codes));
}

function keyCode(key: string): number | undefined {
  const bytes = Buffer.from(key);
  if (bytes.length === 1) return bytes[0];
  if (key === 'DEL') return 127;
  if (!key.startsWith('ctrl-') || key.length !== 6) return undefined;
  const code = CONTROL_KEYS.indexOf(key.slice(5));
  return code < 0 ? undefined : code;
}

export interface Typed {
  /** What is to be passed on. */
  readonly bytes: Uint8Array;
  /** True: the sequence is complete; it and what follows is not passed on. */
  readonly detached: boolean;
}

export interface DetachFilter {
  push(chunk: Uint8Array): Typed;
  /** The beginning of a sequence that is held back. */
  pending(): Uint8Array;
}

/**
 * Finds a key sequence in what is typed, wherever its chunks begin and end. The beginning of one is held
 * back until the next key tells whether it is one, and passed on when it is not.
 */
export function createDetachFilter(keys: Uint8Array): DetachFilter {
  /** Number of keys of the sequence that were just typed. */
  let matched = 0;

  /** The longest beginning of the sequence that the matched keys and `byte` end with. */
  const advance = (byte: number): number => {
    const typed = [...keys.subarray(0, matched), byte];
    for (let length = typed.length; length > 0; length -= 1) {
      const tail = typed.slice(typed.length - length);
      if (tail.every((key, at) => key === keys[at])) return length;
    }
    return 0;
  };

  return {
    push: (chunk) => {
      if (matched === 0 && !chunk.includes(keys[0] ?? -1)) return { bytes: chunk, detached: false };
      const bytes: number[] = [];
      for (const byte of chunk) {
        const next = advance(byte);
        const released = matched + 1 - next;
        for (const passed of [...keys.subarray(0, matched), byte].slice(0, released)) {
          bytes.push(passed);
        }
        matched = next;
        if (matched === keys.length) {
          matched = 0;
          return { bytes: Uint8Array.from(bytes), detached: true };
        }
      }
      return { bytes: Uint8Array.from(bytes), detached: false };
    },
    pending: () => keys.subarray(0, matched),
  };
}
