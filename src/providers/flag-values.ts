import type { Provider, ProviderFlag, ProviderFlagValues } from './provider.ts';
import { ProviderError } from './provider-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;
type Value = ProviderFlagValues[string];

const TRUE = new Set(['1', 't', 'T', 'TRUE', 'true', 'True']);
const FALSE = new Set(['0', 'f', 'F', 'FALSE', 'false', 'False']);

/**
 * Values of all of a provider's flags: what was given, else the first environment variable that is set, else the
 * default. A flag without any of them is missing from the result.
 *
 * @throws ProviderError `invalid`, naming the variable, for a value that the flag cannot have
 */
export function flagValues(
  flags: readonly ProviderFlag[],
  given: ProviderFlagValues,
  env: Environment,
): ProviderFlagValues {
  const values: Record<string, Value> = {};
  for (const flag of flags) {
    const value = given[flag.name] ?? fromEnvironment(flag, env) ?? defaultValue(flag);
    if (value !== undefined) values[flag.name] = value;
  }
  return values;
}

/**
 * The environment that a provider is to be connected with: secrets that were given as flags take the place of the
 * first variable that the flag can come from, since settings never have them.
 */
export function withSecrets(
  provider: Pick<Provider, 'flags'>,
  given: ProviderFlagValues,
  env: Environment,
): Environment {
  const secrets: Record<string, string> = {};
  for (const { name, secret, env: [variable] = [] } of provider.flags) {
    const value = given[name];
    if (secret === true && variable !== undefined && typeof value === 'string' && value !== '') {
      secrets[variable] = value;
    }
  }
  return { ...env, ...secrets };
}

function fromEnvironment(flag: ProviderFlag, env: Environment): Value {
  for (const variable of flag.env ?? []) {
    const text = env[variable];
    if (text !== undefined && text !== '') {
      const from = `${variable} (for --${flag.name})`;
      return parseFlagValue(flag, { text, from });
    }
  }
  return undefined;
}

function defaultValue(flag: ProviderFlag): Value {
  if (flag.default === undefined) return flag.type === 'bool' ? false : undefined;
  return parseFlagValue(flag, { text: flag.default, from: `the default of --${flag.name}` });
}

/**
 * The value that a text means for a flag; `from` says where the text was found.
 *
 * @throws ProviderError `invalid` for a value that the flag cannot have; a secret is not in it
 */
export function parseFlagValue(
  { type, secret }: ProviderFlag,
  { text, from }: { readonly text: string; readonly from: string },
): NonNullable<Value> {
  const shown = secret === true ? 'its value' : JSON.stringify(text);
  switch (type) {
    case 'string':
      return text;
    case 'list':
      return text.split(',').filter((item) => item !== '');
    case 'int':
      if (/^-?\d+$/.test(text)) return Number(text);
      throw new ProviderError('invalid', `${from}: ${shown} is no whole number`);
    case 'bool':
      if (TRUE.has(text)) return true;
      if (FALSE.has(text)) return false;
      throw new ProviderError('invalid', `${from}: ${shown} is neither true nor false`);
  }
}

/** Reads the values of one provider's flags with the types that they have to have. */
export class FlagReader {
  readonly #values: ProviderFlagValues;
  readonly #prefix: string;

  constructor(provider: string, values: ProviderFlagValues) {
    this.#values = values;
    this.#prefix = `${provider}-`;
  }

  /** Undefined when it was not given, or is empty. */
  text(name: string): string | undefined {
    const value = this.#value(name);
    return typeof value === 'string' && value !== '' ? value : undefined;
  }

  bool(name: string): boolean {
    return this.#value(name) === true;
  }

  list(name: string): readonly string[] {
    const value = this.#value(name);
    return Array.isArray(value) ? (value as readonly string[]) : [];
  }

  /** A list whose items may be several, with commas in between. */
  words(name: string): readonly string[] {
    return this.list(name).flatMap((item) => item.split(','));
  }

  /** @throws ProviderError `invalid` outside of the given range */
  int(name: string, range: { readonly min: number; readonly max: number }): number | undefined {
    const value = this.#value(name);
    if (typeof value !== 'number') return undefined;
    if (Number.isInteger(value) && value >= range.min && value <= range.max) return value;
    throw new ProviderError(
      'invalid',
      `${this.flag(name)}: ${value} is not between ${range.min} and ${range.max}`,
    );
  }

  /** A port of SSH; the flag has a default. */
  port(name: string): number {
    return this.int(name, { min: 1, max: 65_535 }) ?? 22;
  }

  /** The flag as it is typed, for messages: `--amazonec2-region`. */
  flag(name: string): string {
    return `--${this.#prefix}${name}`;
  }

  #value(name: string): Value {
    return this.#values[`${this.#prefix}${name}`];
  }
}

/** Leaves out what is undefined, empty or false, so that records show only what was asked for. */
export function compact(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).filter(
      ([, value]) =>
        value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0),
    ),
  );
}
