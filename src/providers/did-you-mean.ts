import { nearest } from '../foundation/nearest.ts';
import { ProviderError } from './provider-error.ts';

/** How many names a hint shows at most. */
const SHOWN = 12;

/** The error for a value that the account does not know, with the nearest one or some of those that it has. */
export function unknownValue(
  flag: string,
  what: { readonly kind: string; readonly value: string; readonly among?: string },
  known: readonly string[],
): ProviderError {
  const close =
    nearest(what.value, known) ??
    known.find((name) => name.startsWith(what.value) || what.value.startsWith(name));
  const list = known.slice(0, SHOWN).join(', ');
  const rest = known.length > SHOWN ? `, … (${known.length} in all)` : '';
  const hint =
    close === undefined
      ? known.length === 0
        ? `There is none${what.among ?? ''}.`
        : `There are${what.among ?? ''}: ${list}${rest}.`
      : `Did you mean ${close}?`;
  return new ProviderError('invalid', `${flag}: there is no ${what.kind} "${what.value}"`, {
    hint,
  });
}
