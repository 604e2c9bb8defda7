import type { Codec } from './codec.ts';
import { flag, text } from './codec.ts';
import { list, mapOf, options, pairs, strings, texts } from './codec-collection.ts';
import { integer } from './codec-number.ts';
import { embedded, optional, struct, value } from './codec-struct.ts';
import { environmentContentKey } from './resolve-environment.ts';
import type { FileObject, Ipam, IpamPool, Model, Network, Volume } from './model-resources.ts';

const ipamPool: Codec<IpamPool> = struct<IpamPool>(
  {
    subnet: value(text),
    gateway: value(text),
    ip_range: value(text),
    aux_addresses: value(pairs),
  },
  { extensible: false },
);

const ipam: Codec<Ipam> = struct<Ipam>({
  driver: value(text),
  config: value(list(ipamPool)),
  options: value(options),
});

/** A network of the project. */
export const networkCodec: Codec<Network> = struct<Network>({
  name: value(text),
  driver: value(text),
  driver_opts: value(options),
  ipam: embedded(ipam, {}),
  external: value(flag),
  internal: value(flag),
  attachable: value(flag),
  labels: value(pairs),
  enable_ipv4: optional(flag),
  enable_ipv6: optional(flag),
});

/** A volume of the project. */
export const volumeCodec: Codec<Volume> = struct<Volume>({
  name: value(text),
  driver: value(text),
  driver_opts: value(options),
  external: value(flag),
  labels: value(pairs),
});

const fileFields: Codec<FileObject> = struct<FileObject>({
  name: value(text),
  file: value(text),
  environment: value(text),
  content: value(text),
  external: value(flag),
  labels: value(pairs),
  driver: value(text),
  driver_opts: value(texts),
  template_driver: value(text),
});

/** Content that was taken from the environment stands under a key of its own in the tree. */
const fileObject: Codec<FileObject> = {
  ...fileFields,
  decode: (node, place) => {
    const content = node.kind === 'map' ? node.entries.get(environmentContentKey) : undefined;
    if (node.kind !== 'map' || content === undefined) return fileFields.decode(node, place);
    const entries = new Map(node.entries).set('content', content);
    entries.delete(environmentContentKey);
    return fileFields.decode({ ...node, entries }, place);
  },
};

/** A secret of the project; its content is never printed. */
export const secretCodec: Codec<FileObject> = {
  ...fileObject,
  render: (secret, style) => fileObject.render({ ...secret, content: '' }, style),
};

/** A config of the project; content that came from the environment is not printed. */
export const configCodec: Codec<FileObject> = {
  ...fileObject,
  render: (config, style) =>
    config.environment === undefined || config.environment === ''
      ? fileObject.render(config, style)
      : secretCodec.render(config, style),
};

/** A model of the project. */
export const aiModelCodec: Codec<Model> = struct<Model>({
  name: value(text),
  model: value(text),
  context_size: value(integer),
  runtime_flags: value(strings),
});

/** A top-level element: its resources by name, those without a body included. */
export function byName<T extends object>(item: Codec<T>): Codec<Readonly<Record<string, T>>> {
  return mapOf(item, {} as T);
}
