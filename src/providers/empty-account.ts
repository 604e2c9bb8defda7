import type { Account } from './provider.ts';
import { ProviderError } from './provider-error.ts';

/** An account of a provider that makes nothing: everything in it says so, except what is overridden. */
export function emptyAccount(
  title: string,
  own: Pick<Account, 'check' | 'create' | 'describe'> & Partial<Account>,
): Account {
  const unsupported = (verb: string): Promise<never> =>
    Promise.reject(
      new ProviderError('invalid', `${title} does not support ${verb}`, {
        hint: `${verb[0]?.toUpperCase() ?? ''}${verb.slice(1)} it where it runs.`,
      }),
    );
  return {
    list: () => Promise.resolve([]),
    start: () => unsupported('start'),
    stop: (_, { force }) => unsupported(force ? 'kill' : 'stop'),
    restart: () => unsupported('restart'),
    resources: () => Promise.resolve([]),
    remove: () => Promise.resolve(true),
    choices: () => Promise.resolve([]),
    close: () => undefined,
    ...own,
  };
}
