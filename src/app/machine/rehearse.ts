import { atStep } from '../../machines/lifecycle/accounts.ts';
import { checkCreation } from '../../machines/lifecycle/check-creation.ts';
import type { MachineContext } from '../../machines/machine-context.ts';
import type { EngineOptions } from '../../machines/store/machine-record.ts';
import type { Provider, ProviderSettings } from '../../providers/provider.ts';
import { isProviderError } from '../../providers/provider-error.ts';
import type { Session } from '../session.ts';
import type { MachineFailure } from './failures.ts';

interface Rehearsal {
  readonly names: readonly string[];
  readonly provider: Provider;
  readonly settings: ProviderSettings;
  readonly engine: EngineOptions;
}

/** Asks the account whether machines could be created, and makes nothing; gives what would keep the first from it. */
export async function rehearse(
  { stdout }: Session,
  context: MachineContext,
  rehearsal: Rehearsal,
): Promise<MachineFailure | undefined> {
  const { names, provider } = rehearsal;
  const existing = new Set((await context.store.list()).map(({ name }) => name));
  const first = names.find((name) => !existing.has(name));
  try {
    if (first !== undefined) {
      const { settings, engine } = rehearsal;
      await checkCreation(context, { name: first, provider: provider.name, settings, engine });
    }
  } catch (error) {
    if (!isProviderError(error)) throw error;
    const told = atStep(error, 'check', { kind: 'pre-create' });
    return { name: first ?? '', ok: false, error: told };
  }
  for (const name of names) {
    const what = existing.has(name) ? 'exists already' : `would be created (${provider.name})`;
    stdout.write(`${name} ${what}\n`);
  }
  return undefined;
}
