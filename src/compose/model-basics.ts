/** A span of time in nanoseconds. */
export type Nanoseconds = number;
/** A size in bytes; -1 means unlimited where the engine knows that. */
export type Bytes = number;
/** `x-…` keys, kept as plain values. */
export type Extensions = Readonly<Record<string, unknown>>;
export type StringMap = Readonly<Record<string, string>>;
/** Null: take the value from where the command runs, or unset it in the container. */
export type NullableStringMap = Readonly<Record<string, string | null>>;

export interface Extensible {
  /** `x-…` keys of this element. */
  readonly extensions?: Extensions;
}
