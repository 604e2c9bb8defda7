/** Flags as parsed: typed look-ups by name. Asking for a flag that is not defined is a programmer's fault. */
export class FlagValues {
  readonly #values: ReadonlyMap<string, boolean | number | string | readonly string[]>;
  readonly #changed: ReadonlySet<string>;

  constructor(
    values: ReadonlyMap<string, boolean | number | string | readonly string[]>,
    changed: ReadonlySet<string>,
  ) {
    this.#values = values;
    this.#changed = changed;
  }

  bool(name: string): boolean {
    return this.#get(name, 'boolean');
  }

  string(name: string): string {
    return this.#get(name, 'string');
  }

  int(name: string): number {
    return this.#get(name, 'number');
  }

  list(name: string): readonly string[] {
    const value = this.#values.get(name);
    if (!Array.isArray(value)) throw new Error(`internal error: flag --${name} is not a list`);
    return value as readonly string[];
  }

  /** Whether the command has such a flag. */
  defines(name: string): boolean {
    return this.#values.has(name);
  }

  /** Whether the flag was given, even with its default. */
  changed(name: string): boolean {
    return this.#changed.has(name);
  }

  /** The value when the flag was given, else undefined. */
  given(name: string): string | undefined {
    return this.#changed.has(name) ? this.string(name) : undefined;
  }

  /** The number when the flag was given, else undefined. */
  givenInt(name: string): number | undefined {
    return this.#changed.has(name) ? this.int(name) : undefined;
  }

  #get<K extends 'boolean' | 'string' | 'number'>(name: string, type: K): FlagTypeOf[K] {
    const value = this.#values.get(name);
    if (typeof value !== type) throw new Error(`internal error: flag --${name} is not a ${type}`);
    return value as FlagTypeOf[K];
  }
}

interface FlagTypeOf {
  boolean: boolean;
  string: string;
  number: number;
}
