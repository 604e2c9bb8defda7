import type { Codec } from './codec.ts';
import { flag, optOut, text, word } from './codec.ts';
import { pairs } from './codec-collection.ts';
import { bytes, numericMode } from './codec-number.ts';
import type { Field } from './codec-struct.ts';
import { optional, struct, value } from './codec-struct.ts';
import type { ServiceVolume } from './model.ts';

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
  render: (given, style) => (style === 'json-v2' ? bindFieldsV2 : bindFields).render(given, style),
};

/** What is mounted into a container, and where. */
export const mountCodec: Codec<ServiceVolume> = struct<ServiceVolume>({
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
