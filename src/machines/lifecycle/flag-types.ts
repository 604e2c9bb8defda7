import { flagValues, parseFlagValue } from '../../providers/flag-values.ts';
import type { ProviderFlag, ProviderFlagValues } from '../../providers/provider.ts';

type Value = NonNullable<ProviderFlagValues[string]>;

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
  const typed = flags.flatMap((flag) => {
    const value = given[flag.name];
    return value === undefined ? [] : [[flag.name, typedValue(flag, value)] as const];
  });
  return flagValues(flags, Object.fromEntries(typed), env);
}

function typedValue(flag: ProviderFlag, value: Value): Value {
  if (flag.type === 'list' && Array.isArray(value)) return value.map(String);
  const text = Array.isArray(value) ? value.join(',') : String(value);
  // Files say yes and no in all kinds of letters, and no by nothing as well.
  if (flag.type === 'bool' && text === '') return false;
  const small = flag.type === 'bool' ? text.toLowerCase() : text;
  return parseFlagValue(flag, { text: small, from: `--${flag.name}` });
}
