import { formatDuration, parseDuration } from '../foundation/duration.ts';
import { parseSize } from '../foundation/size.ts';
import type { Codec, Place } from './codec.ts';
import { scalarCodec, unexpected } from './codec.ts';
import type { Bytes, Nanoseconds } from './model-basics.ts';
import type { ScalarNode } from './node.ts';
import { Float } from './rendered.ts';
import { goFloat32, scalarText } from './scalar-text.ts';

/** A whole number, also as text; what comes after the point is dropped. */
export const integer: Codec<number> = scalarCodec({
  wanted: 'int',
  read: wholeNumber,
  isZero: (value) => value === 0,
  render: (value) => value,
});

/** A whole number that is not negative. */
export function unsigned(wanted: 'uint16' | 'uint32' | 'uint64'): Codec<number> {
  return {
    ...integer,
    decode: (node, place) => {
      const number = integer.decode(node, place);
      if (number === undefined || number >= 0) return number;
      return place.refuse(node, `cannot parse value as '${wanted}': ${number} overflows uint`);
    },
  };
}

function wholeNumber(node: ScalarNode, place: Place): number | undefined {
  if (node.type === 'int' || node.type === 'float') return Math.trunc(Number(node.value));
  if (node.type !== 'str') return unexpected(node, place, 'int');
  const given = String(node.value);
  if (/^[-+]?\d+$/.test(given)) return Number(given);
  return place.refuse(node, `strconv.ParseInt: parsing ${JSON.stringify(given)}: invalid syntax`);
}

/** A number that is held with the precision of a 32-bit float, as the shortest digits for it. */
export const float32: Codec<number> = scalarCodec({
  wanted: 'float32',
  read: (node, place) => {
    if (node.type === 'bool' || node.type === 'timestamp')
      return unexpected(node, place, 'float32');
    const given = scalarText(node);
    if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(given)) {
      const parsed = `strconv.ParseFloat: parsing ${JSON.stringify(given)}`;
      return place.refuse(node, `${parsed}: invalid syntax`);
    }
    return Number(goFloat32(Number(given)));
  },
  isZero: (value) => value === 0,
  render: (value) => new Float(value, 32),
});

/** A number of bytes, with a unit where it is text. */
export const bytes: Codec<Bytes> = scalarCodec({
  wanted: 'size',
  read: (node, place) => {
    if (node.type === 'int') return Number(node.value);
    if (node.type === 'float') {
      // As in the reference, which does not say so.
      place.warn(node, 'is ignored: a size must be a whole number', 'write it with a unit: 512m');
      return undefined;
    }
    const parsed = parseSize(scalarText(node));
    return parsed.ok ? parsed.bytes : place.refuse(node, parsed.fault);
  },
  isZero: (value) => value === 0,
  render: (value) => String(value),
});

/** A span of time. */
export const duration: Codec<Nanoseconds> = scalarCodec({
  wanted: 'duration',
  read: (node, place) => {
    const parsed = parseDuration(scalarText(node));
    return parsed.ok ? parsed.nanoseconds : place.refuse(node, parsed.fault);
  },
  isZero: (value) => value === 0,
  render: (value) => formatDuration(value),
});

/** Permission bits: a number, or text in octal. Printed in octal. */
export const fileMode: Codec<number> = scalarCodec({
  wanted: 'file mode',
  read: octalMode,
  isZero: () => false,
  render: (value, style) => (style === 'json-v2.33' ? value : `0${value.toString(8)}`),
});

/** Permission bits that are printed as a number. */
export const numericMode: Codec<number> = {
  ...fileMode,
  isZero: (value) => value === 0,
  render: (value) => value,
};

function octalMode(node: ScalarNode, place: Place): number | undefined {
  if (node.type === 'int') return Number(node.value);
  if (node.type !== 'str') return unexpected(node, place, 'file mode');
  const given = String(node.value);
  if (/^[-+]?[0-7]+$/.test(given)) return Number.parseInt(given, 8);
  return place.refuse(node, `strconv.ParseInt: parsing ${JSON.stringify(given)}: invalid syntax`);
}

/** How many devices: a number, or `all`, which is -1. */
export const deviceCount: Codec<number> = {
  ...integer,
  decode: (node, place) => {
    if (node.kind !== 'scalar' || node.type !== 'str') return integer.decode(node, place);
    const given = String(node.value);
    if (given.toLowerCase() === 'all') return -1;
    if (/^[-+]?\d+$/.test(given)) return Number(given);
    const only = "the only value allowed is 'all' or a number";
    return place.refuse(node, `invalid value ${JSON.stringify(given)}, ${only}`);
  },
};
