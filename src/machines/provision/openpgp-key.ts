import { createHash } from 'node:crypto';

/** Keys that Docker signs its packages with, as its documentation names them. */
export const DOCKER_KEYS = {
  apt: ['9DC858229FC7DD38854AE2D88D81803C0EBFCD88'],
  rpm: ['060A61C51B558A7F742B77AAC52FEB6B621E9F35'],
} as const;

const BLOCK = /-----BEGIN PGP PUBLIC KEY BLOCK-----([^]*?)-----END PGP PUBLIC KEY BLOCK-----/g;

/**
 * Fingerprints of all keys in an armored text, in capitals; those of subkeys, which their keys vouch for, are left
 * out. None: it holds no key.
 */
export function keyFingerprints(text: string): readonly string[] {
  return [...text.matchAll(BLOCK)].flatMap(([, block = '']) => {
    // Headers end with an empty line; a checksum of four letters follows the data.
    const [, data = ''] = /\n[ \t]*\r?\n([^]*)$/.exec(block.replaceAll('\r', '')) ?? [];
    return packets(Buffer.from(data.replace(/\n=.{4}\s*$/, ''), 'base64'))
      .filter(({ tag }) => tag === PUBLIC_KEY)
      .map(({ body }) => fingerprint(body));
  });
}

/** What is wrong with an armored text that is to be one of these keys and nothing else; undefined: it is. */
export function keyFault(text: string, trusted: readonly string[]): string | undefined {
  const found = keyFingerprints(text);
  if (found.length === 0) return 'it is no key at all';
  const foreign = found.filter((key) => !trusted.includes(key));
  if (foreign.length === 0) return undefined;
  return `it holds the key ${foreign.join(', ')}, and only ${trusted.join(' or ')} is trusted`;
}

const PUBLIC_KEY = 6;

interface Packet {
  readonly tag: number;
  readonly body: Buffer;
}

/** Takes data apart as RFC 4880 has it, section 4.2; lengths that only signatures of streams have end it. */
function packets(data: Buffer): readonly Packet[] {
  const found: Packet[] = [];
  for (let at = 0; at < data.length;) {
    const first = data[at] ?? 0;
    const length = (first & 0x40) === 0 ? oldLength(data, at) : newLength(data, at + 1);
    if ((first & 0x80) === 0 || length === undefined) break;
    const tag = (first & 0x40) === 0 ? (first & 0x3c) >> 2 : first & 0x3f;
    found.push({ tag, body: data.subarray(length.start, length.start + length.size) });
    at = length.start + length.size;
  }
  return found;
}

interface Length {
  readonly start: number;
  readonly size: number;
}

function oldLength(data: Buffer, at: number): Length | undefined {
  const bytes = [1, 2, 4][(data[at] ?? 0) & 3];
  if (bytes === undefined || at + 1 + bytes > data.length) return undefined;
  return { start: at + 1 + bytes, size: data.readUIntBE(at + 1, bytes) };
}

function newLength(data: Buffer, at: number): Length | undefined {
  const first = data[at];
  if (first === undefined) return undefined;
  if (first < 192) return { start: at + 1, size: first };
  if (first < 224) {
    return { start: at + 2, size: ((first - 192) << 8) + (data[at + 1] ?? 0) + 192 };
  }
  if (first !== 255 || at + 5 > data.length) return undefined;
  return { start: at + 5, size: data.readUInt32BE(at + 1) };
}

/** Of version 4; a key of another version gets a fingerprint that nobody trusts. */
function fingerprint(body: Buffer): string {
  const head = Buffer.from([0x99, body.length >> 8, body.length & 0xff]);
  const digest = createHash('sha1').update(head).update(body).digest('hex').toUpperCase();
  return body[0] === 4 ? digest : `V${body[0] ?? 0}-${digest}`;
}
