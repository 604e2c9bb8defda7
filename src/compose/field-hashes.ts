import { createHash } from 'node:crypto';
import type { Service } from './model.ts';

/** Path of a field (`ports`, `environment.FOO`) → short hash of its value. */
export type FieldHashes = ReadonlyMap<string, string>;

/** Fields that do not belong to a container's configuration; as for the configuration hash. */
const IGNORED = new Set([
  'name',
  'build',
  'depends_on',
  'extends',
  'extensions',
  'profiles',
  'pull_policy',
  'scale',
]);

/** Maps whose entries are told apart, so that a change can be named precisely. */
const BY_ENTRY = new Set(['environment', 'labels', 'networks', 'healthcheck', 'logging', 'deploy']);

const HASH_LENGTH = 6;

/**
 * Short hashes of everything that makes up a service's containers. They are not a fingerprint (two
 * values may share one): they only name what changed once the configuration hash differs.
 */
export function fieldHashes(service: Service): FieldHashes {
  const hashes = new Map<string, string>();
  for (const [key, value] of Object.entries(service)) {
    if (IGNORED.has(key) || value === undefined) continue;
    if (BY_ENTRY.has(key)) {
      for (const [entry, inner] of Object.entries(value as object)) {
        if (key === 'deploy' && entry === 'replicas') continue;
        hashes.set(`${key}.${entry}`, shortHash(inner));
      }
    } else hashes.set(key, shortHash(value));
  }
  return hashes;
}

/** The value of the label `io.tcompose.fields`: `environment.FOO=1a2b3c,ports=4d5e6f`, sorted. */
export function formatFieldHashes(hashes: FieldHashes): string {
  return [...hashes]
    .map(([field, hash]) => `${field.replace(/[%,=]/g, encodeURIComponent)}=${hash}`)
    .sort()
    .join(',');
}

/** Reads such a label again; undefined where it is absent or was not written by tcompose. */
export function parseFieldHashes(label: string | undefined): FieldHashes | undefined {
  if (label === undefined || label === '') return undefined;
  const hashes = new Map<string, string>();
  for (const part of label.split(',')) {
    const [, field, hash] = /^([^=]+)=([0-9a-f]+)$/.exec(part) ?? [];
    if (field === undefined || hash === undefined) return undefined;
    hashes.set(field.replace(/%(25|2C|3D)/g, decodeURIComponent), hash);
  }
  return hashes;
}

/** Names the differences in order: `environment.FOO changed`, `ports added`, `command removed`. */
export function changedFields(before: FieldHashes, after: FieldHashes): readonly string[] {
  const fields = [...new Set([...before.keys(), ...after.keys()])].sort();
  return fields.flatMap((field) => {
    if (!before.has(field)) return [`${field} added`];
    if (!after.has(field)) return [`${field} removed`];
    return before.get(field) === after.get(field) ? [] : [`${field} changed`];
  });
}

function shortHash(value: unknown): string {
  return createHash('sha256').update(stableJson(value)).digest('hex').slice(0, HASH_LENGTH);
}

/** JSON without dependence on the order in which keys were written; `x-…` keys do not count. */
function stableJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner).filter(([key]) => key !== 'extensions');
    return Object.fromEntries(entries.sort(([left], [right]) => (left < right ? -1 : 1)));
  });
}
