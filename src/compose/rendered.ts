/**
 * A value on its way out of the model, before it becomes YAML or JSON text. A plain number is an
 * integer; maps keep their order.
 */
export type Rendered =
  | null
  | boolean
  | number
  | bigint
  | string
  | Float
  | Timestamp
  | readonly Rendered[]
  | ReadonlyMap<string, Rendered>;

/** A number that the reference holds as a float of this many bits, which decides how it prints. */
export class Float {
  readonly value: number;
  readonly bits: 32 | 64;

  constructor(value: number, bits: 32 | 64) {
    this.value = value;
    this.bits = bits;
  }
}

/** A point in time as RFC 3339 text: plain in YAML, a string in JSON. */
export class Timestamp {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/**
 * What the value is rendered for. `json-v2` and `json-v2.33` are what Compose 2.x hashed, up to 2.40
 * and up to 2.33: the few elements that changed since are written as they were then.
 */
export type Style = 'yaml' | 'json' | 'json-v2' | 'json-v2.33';

/** Whether elements are written as Compose 2.x wrote them. */
export function isV2(style: Style): boolean {
  return style === 'json-v2' || style === 'json-v2.33';
}
