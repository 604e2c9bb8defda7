import type { MachineContext } from '../machine-context.ts';
import { isMachineError } from '../machine-error.ts';
import type { MachineRecord } from '../store/machine-record.ts';
import type { MachineFolder } from '../store/machine-store.ts';
import { messageOf } from './accounts.ts';
import type { CreateMachineRequest } from './create-request.ts';
import type { CreationSteps } from './creation-steps.ts';
import { readJournalState } from './journal-state.ts';
import type { LeftResource } from './remove-resources.ts';
import { rollBack } from './roll-back.ts';

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
