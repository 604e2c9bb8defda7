import { nearest } from '../foundation/nearest.ts';
import { amazonec2 } from './amazonec2/amazonec2.ts';
import { digitalocean } from './digitalocean/digitalocean.ts';
import type { ProviderSources } from './external/external.ts';
import { generic } from './generic/generic.ts';
import { none } from './none/none.ts';
import type { Provider } from './provider.ts';
import { ProviderError } from './provider-error.ts';

/** Providers that are built in. */
export const PROVIDERS: readonly Provider[] = [amazonec2, digitalocean, generic, none];

/** Names of all providers: those that are built in, then programs in PATH. */
export async function providerNames(sources?: ProviderSources): Promise<string[]> {
  const own = PROVIDERS.map(({ name }) => name);
  if (sources === undefined) return own;
  const { externalNames } = await import('./external/external.ts');
  return [...own, ...externalNames(sources).filter((name) => !own.includes(name))];
}

/**
 * The provider of that name; `sources`: also a program `tcompose-provider-NAME`, which is asked who it is.
 *
 * @throws ProviderError `invalid`, with what may have been meant, for a name that nobody has
 */
export async function findProvider(name: string, sources?: ProviderSources): Promise<Provider> {
  const own = PROVIDERS.find((provider) => provider.name === name);
  if (own !== undefined) return own;
  if (sources !== undefined) {
    const { externalProvider } = await import('./external/external.ts');
    const external = await externalProvider(name, sources);
    if (external !== undefined) return external;
  }
  const names = await providerNames(sources);
  const close = nearest(name, names);
  throw new ProviderError('invalid', `there is no driver "${name}"`, {
    hint: close === undefined ? `There are ${names.join(', ')}.` : `Did you mean ${close}?`,
  });
}
