import { nearest } from '../foundation/nearest.ts';
import { amazonec2 } from './amazonec2/amazonec2.ts';
import { digitalocean } from './digitalocean/digitalocean.ts';
import { generic } from './generic/generic.ts';
import { none } from './none/none.ts';
import type { Provider } from './provider.ts';
import { ProviderError } from './provider-error.ts';

/** Providers that are built in. */
export const PROVIDERS: readonly Provider[] = [amazonec2, digitalocean, generic, none];

/** @throws ProviderError `invalid`, with what may have been meant, for a name that nobody has */
export async function findProvider(name: string): Promise<Provider> {
  const found = PROVIDERS.find((provider) => provider.name === name);
  if (found !== undefined) return await Promise.resolve(found);
  const names = PROVIDERS.map((provider) => provider.name);
  const close = nearest(name, names);
  throw new ProviderError('invalid', `there is no driver "${name}"`, {
    hint: close === undefined ? `There are ${names.join(', ')}.` : `Did you mean ${close}?`,
  });
}
