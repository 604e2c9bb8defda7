import type { MachineContext } from '../machine-context.ts';
import type { MachineRecord } from '../store/machine-record.ts';
import type { MachineFolder } from '../store/machine-store.ts';
import { connectAccount, machinesAt } from './accounts.ts';
import { knownResources } from './journal-state.ts';
import { removeResources, type LeftResource } from './remove-resources.ts';

/** Milliseconds that a rollback after an interrupt may take; a second interrupt ends the process. */
const ROLLBACK_TIME = 300_000;

/** Removes what there is of a machine at its account, also after an interrupt. Its folder stays. */
export async function rollBack(
  context: MachineContext,
  folder: MachineFolder,
  record: MachineRecord,
): Promise<readonly LeftResource[]> {
  const { clock, store } = context;
  const provider = await context.provider(record.provider);
  if (!provider.makesInstances) return [];
  const signal = context.signal.aborted ? AbortSignal.timeout(ROLLBACK_TIME) : context.signal;
  const account = await connectAccount(context, record, signal);
  try {
    const known = knownResources(record, await folder.journal());
    return await removeResources({
      account,
      machine: record.name,
      store: record.taggedBy ?? (await store.id()),
      known,
      keepShared: () => hasNeighbours(context, record),
      clock,
      signal,
      progress: (text) => context.onEvent({ type: 'detail', machine: record.name, text }),
      onRemoved: async ({ kind, id }) => {
        const at = new Date(clock.now()).toISOString();
        // Without the line, the next removal finds that it is gone.
        await folder.append({ at, event: 'removed', kind, id }).catch(() => undefined);
      },
    });
  } finally {
    account.close();
  }
}

/**
 * True when other machines of the store are at the same account, so that what they share must stay; one whose record
 * cannot be read may be. Those that are being removed as well do not count: of several, the last one whose instance
 * goes takes it along.
 */
async function hasNeighbours(context: MachineContext, record: MachineRecord): Promise<boolean> {
  const here = await machinesAt(context, record);
  return here.some(
    (other) =>
      other.name !== record.name && !('record' in other && other.record.phase === 'removing'),
  );
}
