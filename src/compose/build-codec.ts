import type { Codec } from './codec.ts';
import { flag, isNull, printed, text, unexpected } from './codec.ts';
import { environment, hosts, list, mapOf, pairs, strings } from './codec-collection.ts';
import { bytes, fileMode, integer } from './codec-number.ts';
import { optional, struct, value } from './codec-struct.ts';
import { byBytes } from './byte-order.ts';
import type { Build, FileReference, Ulimit } from './model.ts';
import type { StringMap } from './model-basics.ts';

/** How a service or a build uses a secret or a config. */
export const fileReference: Codec<FileReference> = struct<FileReference>({
  source: value(text),
  target: value(text),
  uid: value(text),
  gid: value(text),
  mode: optional(fileMode),
});

const limits = struct<Pick<Ulimit, 'soft' | 'hard'>>(
  { soft: value(integer), hard: value(integer) },
  { extensible: false },
);

/** One number for both limits, or both; printed in the form that was given. */
const ulimit: Codec<Ulimit> = {
  decode: (node, place) => {
    if (node.kind === 'map') return limits.decode(node, place);
    const single = integer.decode(node, place);
    return single === undefined || single === 0 ? {} : { single };
  },
  isZero: () => false,
  render: (given, style) => {
    if (given.single !== undefined && given.single !== 0) return given.single;
    if (style !== 'yaml') return limits.render(given, style);
    return new Map([
      ['soft', given.soft ?? 0],
      ['hard', given.hard ?? 0],
    ]);
  },
};

/** Limits by name. */
export const ulimits: Codec<Readonly<Record<string, Ulimit>>> = mapOf<Ulimit>(ulimit, {});

/** Agents and keys by id; printed as a list of `ID` and `ID=PATH`. */
const ssh: Codec<StringMap> = {
  decode: (node, place) => {
    if (isNull(node)) return undefined;
    return node.kind === 'map' ? pairs.decode(node, place) : unexpected(node, place, 'ssh config');
  },
  isZero: pairs.isZero,
  render: (keys) =>
    Object.entries(keys)
      .toSorted(([a], [b]) => byBytes(a, b))
      .map(([id, path]) => (path === '' ? id : `${id}=${path}`)),
};

/** How an image is built. */
export const buildCodec: Codec<Build> = struct<Build>({
  context: value(text),
  dockerfile: value(text),
  dockerfile_inline: value(text),
  entitlements: value(strings),
  args: value(environment),
  provenance: value(printed),
  sbom: value(printed),
  ssh: value(ssh),
  labels: value(pairs),
  cache_from: value(strings),
  cache_to: value(strings),
  no_cache: value(flag),
  no_cache_filter: value(strings),
  additional_contexts: value(pairs),
  pull: value(flag),
  extra_hosts: value(hosts),
  isolation: value(text),
  network: value(text),
  target: value(text),
  secrets: value(list(fileReference)),
  shm_size: value(bytes),
  tags: value(strings),
  ulimits: value(ulimits),
  platforms: value(strings),
  privileged: value(flag),
});
