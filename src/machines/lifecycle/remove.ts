import type { MachineContext } from '../machine-context.ts';
import { isMachineError, MachineError } from '../machine-error.ts';
import type { MachineRecord } from '../store/machine-record.ts';
import type { MachineFolder } from '../store/machine-store.ts';
import { atStep, messageOf } from './accounts.ts';
import { knownResources } from './journal-state.ts';
import type { LeftResource } from './remove-resources.ts';
import { rollBack } from './roll-back.ts';

export interface RemoveMachineRequest {
  readonly name: string;
  /** Forgets the machine even when something of it could not be removed; `machine gc` still knows that. */
  readonly force: boolean;
  /** Only the machine of this creation: one that was made since is left alone. Absent: whichever has the name. */
  readonly token?: string;
  /** Milliseconds for another process that works on the machine; absent: without end. */
  readonly lockTimeout?: number;
}

export interface RemovedMachine {
  readonly name: string;
  /** What is still there, for `machine gc`; empty unless `force`. */
  readonly left: readonly LeftResource[];
  /** Why it could not be removed properly, when `force` went on. */
  readonly failure?: string;
}

/**
 * Removes a machine: first everything at its account, then, when that is verifiably gone, its folder.
 *
 * @throws MachineError that names what could not be removed; the machine stays in the store then
 */
export async function removeMachine(
  context: MachineContext,
  request: RemoveMachineRequest,
): Promise<RemovedMachine> {
  const { store, signal } = context;
  const { name, lockTimeout: timeout = Infinity } = request;
  await store.checkWritable();
  return store.withMachine(name, { create: false, timeout, signal }, (folder) =>
    removeLocked(context, folder, request),
  );
}

async function removeLocked(
  context: MachineContext,
  folder: MachineFolder,
  { name, force, token }: RemoveMachineRequest,
): Promise<RemovedMachine> {
  if (token !== undefined && (await folder.read())?.token !== token) {
    throw new MachineError('wrong-state', `machine ${name} is another one since it was looked at`, {
      hint: 'the same command looks again',
    });
  }
  let record: MachineRecord | undefined;
  let left: readonly LeftResource[] = [];
  let failure: unknown;
  try {
    record = await folder.read();
    if (record !== undefined) {
      record = { ...record, phase: 'removing' };
      await folder.write(record);
      left = await rollBack(context, folder, record);
    }
  } catch (error) {
    context.signal.throwIfAborted();
    failure = error;
  }
  if (failure === undefined && left.length === 0) {
    await context.store.remove(folder);
    return { name, left };
  }
  if (!force) throw failure === undefined ? stillThere(name, left) : notRemoved(name, failure);
  const reason = failure === undefined ? undefined : messageOf(failure);
  if (record === undefined) {
    const path = await context.store.setAside(folder);
    return { name, left, failure: `${reason ?? 'it has no record'}; its files are in ${path}` };
  }
  await keepLeftovers(context, folder, record);
  await context.store.remove(folder);
  return { name, left, ...(reason === undefined ? {} : { failure: reason }) };
}

function stillThere(name: string, left: readonly LeftResource[]): MachineError {
  const each = left.map(({ title, reason }) => `${title}: ${reason}`).join('; ');
  return new MachineError('failed', `machine ${name} is not removed: ${each}`, {
    hint: `"machine rm ${name}" tries again; --force forgets the machine, and "machine gc" still finds what is left`,
    step: 'remove',
  });
}

function notRemoved(name: string, failure: unknown): unknown {
  const hint = `machine ${name} stays in the store; --force forgets it, and "machine gc" still finds what is left`;
  return isMachineError(failure, 'locked') ? failure : atStep(failure, 'remove', { hint });
}

/** Writes down for `machine gc` what may still be there. */
async function keepLeftovers(
  context: MachineContext,
  folder: MachineFolder,
  record: MachineRecord,
): Promise<void> {
  const provider = await context.provider(record.provider).catch(() => undefined);
  if (provider?.makesInstances === false) return;
  // Of a broken journal, the tags are all that is left to find things by.
  const lines = await folder.journal().catch(() => []);
  const known = knownResources(record, lines);
  const taggedBy = record.taggedBy ?? (await context.store.id());
  const leftover = {
    machine: record.name,
    provider: record.provider,
    settings: record.settings,
    taggedBy,
    resources: known.map(({ kind, id, token, region }) => ({
      kind,
      ...(id === undefined ? {} : { id }),
      ...(token === undefined ? {} : { token }),
      ...(region === undefined ? {} : { region }),
    })),
    at: new Date(context.clock.now()).toISOString(),
  };
  await context.store.changeLeftovers((others) => [...others, leftover], context.signal);
}
