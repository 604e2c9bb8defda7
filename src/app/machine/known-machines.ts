import { flagValues, withSecrets } from '../../providers/flag-values.ts';
import { providerNames, PROVIDERS } from '../../providers/registry.ts';
import type { Choice, ChoiceKind, ProviderFlagValues } from '../../providers/provider.ts';
import type { Session } from '../session.ts';
import { withMachines } from './context.ts';
import type { MachineOptions } from './options.ts';

/** Machines of the store. */
export function machineNames(
  session: Session,
  options: MachineOptions,
): Promise<readonly string[]> {
  return withMachines(session, options, { title: 'complete', quiet: true }, async ({ store }) =>
    (await store.list()).map(({ name }) => name),
  );
}

/** Providers that are built in, and those that are programs in PATH; each with what it is. */
export async function providerChoices(session: Session): Promise<readonly Choice[]> {
  const titles = new Map(PROVIDERS.map(({ name, title }) => [name, title]));
  const names = await providerNames(session);
  return names.map((name) => ({ value: name, summary: titles.get(name) ?? 'a program in PATH' }));
}

/** What an account offers for a flag of its provider, with the flags that were typed so far. */
export function accountChoices(
  session: Session,
  options: MachineOptions,
  wanted: {
    readonly provider: string;
    readonly kind: ChoiceKind;
    readonly given: ProviderFlagValues;
  },
): Promise<readonly Choice[]> {
  const { provider: name, kind, given } = wanted;
  return withMachines(session, options, { title: 'complete', quiet: true }, async (context) => {
    const provider = await context.provider(name);
    const env = withSecrets(provider, given, session.env);
    const settings = provider.settings(flagValues(provider.flags, given, env));
    const account = await provider.connect(settings, { ...context.providerContext, env });
    try {
      return await account.choices(kind);
    } finally {
      account.close();
    }
  });
}
