import { createSecureContext } from 'node:tls';
import type { FileAccess } from '../compose/files.ts';
import { EngineError, messageOf } from './errors.ts';

/** Certificates for a TLS connection, as the bytes of PEM files. */
export interface TlsMaterial {
  readonly ca?: Uint8Array;
  readonly cert?: Uint8Array;
  readonly key?: Uint8Array;
  /** False with `--tls` alone: encrypted, but the server is not checked. */
  readonly verify: boolean;
}

type Part = 'ca' | 'cert' | 'key';

export interface TlsFiles extends Partial<Readonly<Record<Part, string>>> {
  readonly verify: boolean;
  /** Parts that may be absent; any other missing file is a fault. */
  readonly optional: readonly Part[];
}

const PARTS: readonly Part[] = ['ca', 'cert', 'key'];

/**
 * Reads the files of a TLS connection and tries them.
 *
 * @throws EngineError that names the file that is missing or cannot be used
 */
export function readTls(files: FileAccess, wanted: TlsFiles): TlsMaterial {
  const found: { ca?: Uint8Array; cert?: Uint8Array; key?: Uint8Array } = {};
  for (const part of PARTS) {
    const path = wanted[part];
    if (path === undefined) continue;
    const result = files.read(path);
    if (result.ok) found[part] = result.bytes;
    else if (result.error !== 'not-found' || !wanted.optional.includes(part)) {
      throw unusable(path, result.detail);
    }
  }
  const { ca, cert, key } = found;
  if (ca !== undefined) tryOut(wanted.ca, () => createSecureContext({ ca: authorities(ca) }));
  if (cert !== undefined && key !== undefined) {
    tryOut(wanted.cert, () => createSecureContext({ cert: Buffer.from(cert) }));
    // Only with both can a key be told that belongs to another certificate.
    tryOut(wanted.key, () =>
      createSecureContext({ cert: Buffer.from(cert), key: Buffer.from(key) }),
    );
  }
  return { ...found, verify: wanted.verify };
}

/** OpenSSL silently takes a file without certificates for an empty list. */
function authorities(bytes: Uint8Array): Buffer {
  const text = Buffer.from(bytes);
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new Error('no certificate in it');
  return text;
}

function tryOut(path: string | undefined, use: () => unknown): void {
  try {
    use();
  } catch (error) {
    throw unusable(path, reasonOf(error));
  }
}

const REASONS: readonly (readonly [pattern: RegExp, reason: string])[] = [
  [/key values mismatch/, 'the key does not belong to the certificate'],
  [/bad decrypt|interrupted or cancelled|bad password/, 'the key is encrypted'],
  [/no start line|DECODER routines|bad base64|asn1/i, 'it is not in PEM format'],
];

function reasonOf(error: unknown): string {
  const message = messageOf(error);
  return REASONS.find(([pattern]) => pattern.test(message))?.[1] ?? message;
}

function unusable(path: string | undefined, reason: string): EngineError {
  return new EngineError('invalid', `could not use the TLS file ${path}: ${reason}`, {
    hint: 'Check DOCKER_CERT_PATH, the --tls… flags or the files of the context.',
  });
}
