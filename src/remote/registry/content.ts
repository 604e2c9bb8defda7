import { createHash } from 'node:crypto';

/** What an OCI manifest says of something that it refers to. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly artifactType?: string;
  readonly platform?: unknown;
  /** The content itself, as base64. */
  readonly data?: string;
}

const ALGORITHMS = new Set(['sha256', 'sha384', 'sha512']);

export function digestOf(bytes: Uint8Array): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Whether the bytes are those that `digest` stands for; an unknown algorithm proves nothing. */
export function hasDigest(bytes: Uint8Array, digest: string): boolean {
  const [algorithm = '', expected] = digest.split(':');
  if (!ALGORITHMS.has(algorithm)) return false;
  return createHash(algorithm).update(bytes).digest('hex') === expected;
}

/** The part of a digest that is a good file name. */
export function hexOf(digest: string): string | undefined {
  return /^[a-z0-9]+:([a-f0-9]{64,128})$/.exec(digest)?.[1];
}
