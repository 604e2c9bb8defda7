import type { MachineContext } from '../machine-context.ts';
import { isMachineError } from '../machine-error.ts';
import type { MachineRecord } from '../store/machine-record.ts';
import type { MachineFolder } from '../store/machine-store.ts';
import { accountKey, connectAccount, messageOf } from './accounts.ts';
import type { CreateMachineRequest } from './create-request.ts';
import type { CreationSteps } from './creation-steps.ts';
import { knownResources, readJournalState } from './journal-state.ts';
import { removeResources, type LeftResource } from './removal.ts';

/** Milliseconds that a rollback after an interrupt may take; a second interrupt ends the process. */
const ROLLBACK_TIME = 300_000;

/** What is done about a create that failed or was interrupted: kept so that it can be continued, or removed. */
export async function handleUnfinished(
  context: MachineContext,
  folder: MachineFolder,
  given: {
    readonly steps: CreationSteps;
    readonly request: CreateMachineRequest;
    readonly error: unknown;
  },
): Promise<void> {
  const { steps, request, error } = given;
  const { name } = request;
  const tell = (text: string): void => context.onEvent({ type: 'warning', machine: name, text });
  try {
    const recorded = await folder.read();
    const { resources } = readJournalState(await folder.journal());
    const nothing = resources.length === 0 && recorded?.instanceId === undefined;
    const refused = isMachineError(error, 'pre-create', 'invalid') && nothing;
    if (recorded === undefined || refused) {
      // Nothing was made and nothing begun: the same command starts from the beginning.
      await context.store.remove(folder);
      return;
    }
    const wish = context.signal.aborted ? request.onInterrupt : request.onFailure;
    if (wish === 'rollback') {
      await rollBackAndTell(context, folder, { record: recorded, tell });
      return;
    }
    const step = steps.current ?? recorded.step;
    await folder.write({ ...recorded, phase: 'failed', ...(step === undefined ? {} : { step }) });
    const made = resources.map(({ kind, id }) => `${kind} ${id ?? '(perhaps)'}`).join(', ');
    tell(
      `not finished${made === '' ? '' : ` (made: ${made})`}: the same command continues, ` +
        `"machine rm ${name}" removes it`,
    );
  } catch (failure) {
    // What is on the disk already is enough to continue from; the first failure is the one to tell.
    tell(`what was made of ${name} could not be written down: ${messageOf(failure)}`);
  }
}

async function rollBackAndTell(
  context: MachineContext,
  folder: MachineFolder,
  { record, tell }: { readonly record: MachineRecord; readonly tell: (text: string) => void },
): Promise<void> {
  const { name } = record;
  let left: readonly LeftResource[];
  try {
    await folder.write({ ...record, phase: 'removing' });
    left = await rollBack(context, folder, record);
  } catch (error) {
    tell(`${name} could not be rolled back: ${messageOf(error)}; "machine rm ${name}" tries again`);
    return;
  }
  if (left.length > 0) {
    for (const { title, reason } of left) tell(`${title} could not be removed: ${reason}`);
    tell(`"machine rm ${name}" tries again`);
    return;
  }
  await context.store.remove(folder);
  tell(`${name} was rolled back: nothing is left of it`);
}

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
  const provider = await context.provider(record.provider);
  const key = accountKey(provider, record.settings);
  const stored = await context.store.list();
  return stored.some(
    (other) =>
      other.name !== record.name &&
      (!('record' in other) ||
        (other.record.phase !== 'removing' &&
          other.record.provider === record.provider &&
          accountKey(provider, other.record.settings) === key)),
  );
}
