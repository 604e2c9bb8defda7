import { atStep } from '../../machines/lifecycle/accounts.ts';
import type { MachineContext } from '../../machines/machine-context.ts';
import { engineFaults } from '../../machines/provision/engine-faults.ts';
import { generateKey } from '../../machines/lifecycle/openssh-key.ts';
import type { EngineOptions } from '../../machines/store/machine-record.ts';
import { machineTags } from '../../providers/machine-tags.ts';
import type { Provider, ProviderSettings } from '../../providers/provider.ts';
import { isProviderError, ProviderError } from '../../providers/provider-error.ts';
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
    if (first !== undefined) await check(context, first, rehearsal);
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

async function check(
  { providerContext }: MachineContext,
  name: string,
  { provider, settings, engine }: Rehearsal,
): Promise<void> {
  const faults = provider.makesInstances ? engineFaults(engine) : [];
  if (faults.length > 0) throw new ProviderError('invalid', faults.join('; '));
  const account = await provider.connect(settings, providerContext);
  try {
    const { publicKey } = generateKey(name);
    const tags = machineTags('rehearsal', name);
    await account.check({ name, settings, publicKey, userData: '', tags, token: 'rehearsal' });
  } finally {
    account.close();
  }
}
