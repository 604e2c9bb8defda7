import { machineTags } from '../../providers/machine-tags.ts';
import type { Admission } from '../../providers/provider.ts';
import type { MachineContext } from '../machine-context.ts';
import { MachineError } from '../machine-error.ts';
import { atStep, withAccount } from './accounts.ts';

/**
 * Lets this computer in, from the address that it has now, through the firewall that a machine shares with the others
 * of its store.
 *
 * @throws MachineError, also for a provider that makes no firewalls
 */
export async function admitThisComputer(context: MachineContext, name: string): Promise<Admission> {
  const { store } = context;
  const machine = await store.get(name);
  if (!('record' in machine)) throw new MachineError('store', machine.fault);
  const { record } = machine;
  const tags = machineTags(record.taggedBy ?? (await store.id()));
  try {
    return await withAccount(context, record, (account) => {
      if (account.admit !== undefined) return account.admit(tags);
      throw new MachineError('invalid', `${record.provider} has no firewall that tcompose made`, {
        hint: 'let this computer in where the firewall of the machine is kept',
      });
    });
  } catch (error) {
    context.signal.throwIfAborted();
    throw atStep(error, 'let this computer in');
  }
}
