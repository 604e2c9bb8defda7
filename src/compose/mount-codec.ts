import type { Codec } from './codec.ts';
import { flag, optOut, text, word } from './codec.ts';
import { pairs } from './codec-collection.ts';
import { bytes, numericMode } from './codec-number.ts';
import type { Field } from './codec-struct.ts';
import { optional, struct, value } from './codec-struct.ts';
import type { ServiceVolume } from './model.ts';
import { isV2 } from './rendered.ts';
import { nodeAt } from './node.ts';
import type { Node } from './node.ts';
import type { Span } from './source.ts';

type Bind = NonNullable<ServiceVolume['bind']>;

/** False is printed, true is not; Compose 2.x did the opposite, and its hashes with it. */
const createHostPath: Field<boolean> = {
  codec: optOut,
  keepsZero: true,
  printsZero: false,
};

const bindFields = struct<Bind>({
  selinux: value(text),
  propagation: value(text),
  create_host_path: createHostPath,
  recursive: value(text),
});

const bindFieldsV2 = struct<Bind>({
  selinux: value(text),
  propagation: value(text),
  create_host_path: value(flag),
  recursive: value(text),
});

const bind: Codec<Bind> = {
  ...bindFields,
  render: (given, style) => (isV2(style) ? bindFieldsV2 : bindFields).render(given, style),
};

const mountFields: Codec<ServiceVolume> = struct<ServiceVolume>({
  type: value(word<ServiceVolume['type']>()),
  source: value(text),
  target: value(text),
  read_only: value(flag),
  consistency: value(text),
  bind: optional(bind),
  volume: optional(
    struct<NonNullable<ServiceVolume['volume']>>({
      labels: value(pairs),
      nocopy: value(flag),
      subpath: value(text),
    }),
  ),
  tmpfs: optional(
    struct<NonNullable<ServiceVolume['tmpfs']>>({
      size: value(bytes),
      mode: value(numericMode),
    }),
  ),
  image: optional(struct<NonNullable<ServiceVolume['image']>>({ subpath: value(text) })),
});

/**
 * What is mounted into a container, and where. A `create_host_path` that only a default says is left
 * out: it means the same, but Compose 2.x hashed what was written (a short form writes it).
 */
export const mountCodec: Codec<ServiceVolume> = {
  ...mountFields,
  decode: (node, place) => {
    const mount = mountFields.decode(node, place);
    if (mount?.bind?.create_host_path !== true || !isByDefault(node, mount)) return mount;
    const { create_host_path: _default, ...bind } = mount.bind;
    return { ...mount, bind };
  },
};

/** A default stands where its element does; so do all parts of a short form. */
function isByDefault(mount: Node, { type }: ServiceVolume): boolean {
  const bind = nodeAt(mount, ['bind']);
  const flag = nodeAt(mount, ['bind', 'create_host_path']);
  if (bind === undefined || flag === undefined) return false;
  const isShort = type === 'bind' && sameSpan(mount.span, bind.span);
  return !isShort && sameSpan(bind.span, flag.span);
}

function sameSpan(one: Span, other: Span): boolean {
  return one.file === other.file && one.start === other.start && one.end === other.end;
}
