import { machineTags } from '../../providers/machine-tags.ts';
import { ProviderError } from '../../providers/provider-error.ts';
import type { MachineContext } from '../machine-context.ts';
import { engineFaults } from '../provision/engine-faults.ts';
import { generateKey } from '../ssh/openssh-key.ts';
import { withAccount } from './accounts.ts';
import type { WantedMachine } from './apply-plan.ts';

/**
 * Asks the account whether a machine could be created, and makes nothing.
 *
 * @throws ProviderError that says what would keep it from being made
 */
export async function checkCreation(
  context: MachineContext,
  { name, provider, settings, engine }: WantedMachine,
): Promise<void> {
  const { makesInstances } = await context.provider(provider);
  const faults = makesInstances ? engineFaults(engine) : [];
  if (faults.length > 0) throw new ProviderError('invalid', faults.join('; '));
  await withAccount(context, { provider, settings }, (account) => {
    const { publicKey } = generateKey(name);
    const tags = machineTags('rehearsal', name);
    return account.check({ name, settings, publicKey, userData: '', tags, token: 'rehearsal' });
  });
}
