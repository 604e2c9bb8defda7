import { ProviderError } from '../../providers/provider-error.ts';
import type { ProviderFlag, ProviderFlagValues } from '../../providers/provider.ts';

type Value = ProviderFlagValues[string];

/**
 * Values of a provider's flags with the types that they have to have, out of files in which `80`, `"80"` and `[80]`
 * may mean the same. What is missing comes from the environment, then from the flag's default.
 *
 * @throws ProviderError `invalid` for a value that the flag cannot have
 */
export function typedFlags(
  flags: readonly ProviderFlag[],
  given: ProviderFlagValues,
  env: Readonly<Record<string, string | undefined>>,
): ProviderFlagValues {
  const values: Record<string, Value> = {};
  for (const flag of flags) {
    const variable = flag.env?.find((name) => (env[name] ?? '') !== '');
    const found = given[flag.name] ?? (variable === undefined ? flag.default : env[variable]);
    const value = found ?? (flag.type === 'bool' ? false : undefined);
    if (value !== undefined) values[flag.name] = typed(flag, value);
  }
  return values;
}

function typed({ name, type, secret }: ProviderFlag, value: NonNullable<Value>): Value {
  const text = Array.isArray(value) ? value.join(',') : String(value);
  const wrong = (what: string): ProviderError =>
    new ProviderError(
      'invalid',
      `--${name}: ${secret === true ? 'its value' : JSON.stringify(text)} is ${what}`,
    );
  switch (type) {
    case 'string':
      return text;
    case 'list':
      if (Array.isArray(value)) return value.map(String);
      return text.split(',').filter((item) => item !== '');
    case 'int':
      if (!/^-?\d+$/.test(text)) throw wrong('no whole number');
      return Number(text);
    case 'bool':
      if (/^(1|t|true)$/i.test(text)) return true;
      if (/^(0|f|false|)$/i.test(text)) return false;
      throw wrong('neither true nor false');
  }
}
