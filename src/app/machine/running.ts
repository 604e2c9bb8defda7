import type { MachineContext } from '../../machines/machine-context.ts';
import { isMachineError } from '../../machines/machine-error.ts';
import { CommandFailure } from '../failure.ts';
import { hostsOf, type HostOf } from './hosts.ts';
import { statesOf, type MachineStatus } from './states.ts';
import type { KnownMachine } from './target.ts';
import { TIMED_OUT, within } from './timeout.ts';

/** Milliseconds that a machine and its provider have to answer. */
const PATIENCE = 20_000;

/**
 * The machine with the address that it has now. A provider that cannot be asked (credentials that have expired) is
 * no reason to fail: then the address that was last known has to do, and that is told.
 *
 * @throws CommandFailure `Host is not running`, in the words of docker-machine
 */
export async function runningMachine(
  context: MachineContext,
  machine: KnownMachine,
  hostOf: HostOf = hostsOf(context),
): Promise<KnownMachine> {
  const { name, record } = machine;
  const { state, address, fault } = await statusOf(context, machine, hostOf);
  if (state === 'Error' && fault !== undefined) {
    if (record.address === undefined) throw new CommandFailure(fault);
    const text = `its address may have changed, ${record.provider} could not be asked: ${fault}`;
    context.onEvent({ type: 'warning', machine: name, text });
    return machine;
  }
  if (state !== 'Running') {
    const { makesInstances } = await context.provider(record.provider);
    throw new CommandFailure('Host is not running', nextFor(name, state, makesInstances));
  }
  if (address === undefined || address === record.address) return machine;
  await rememberAddress(context, machine, address);
  return { ...machine, record: { ...record, address } };
}

function nextFor(name: string, state: string, makesInstances: boolean): string {
  if (!makesInstances) {
    return `${name} does not answer over SSH (${state}): "machine doctor ${name}" finds out why`;
  }
  const start = state === 'Stopped' ? `: "machine start ${name}" starts it` : '';
  return `${name} is ${state}${start}`;
}

/**
 * The machine where it is now, for one that was not reached at its last known address, or not by its host key: others
 * may have that address by now. Undefined: it is where it was, as far as anybody can tell.
 *
 * @throws CommandFailure `Host is not running`, in the words of docker-machine
 */
export async function movedMachine(
  context: MachineContext,
  machine: KnownMachine,
  failure: unknown,
): Promise<KnownMachine | undefined> {
  if (!isMachineError(failure, 'unreachable', 'timeout', 'host-key')) return undefined;
  const provider = await context.provider(machine.record.provider);
  if (!provider.makesInstances) return undefined;
  const current = await runningMachine(context, machine);
  return current.record.address === machine.record.address ? undefined : current;
}

/** Writes an address down, unless somebody works on the machine or the store cannot be written: it is found again. */
async function rememberAddress(
  { store, signal }: MachineContext,
  { name, record }: KnownMachine,
  address: string,
): Promise<void> {
  try {
    await store.withMachine(name, { create: false, timeout: 0, signal }, async (folder) => {
      const now = await folder.read();
      if (now === undefined || now.instanceId !== record.instanceId) return;
      await folder.write({ ...now, address });
    });
  } catch (error) {
    if (!isMachineError(error, 'locked', 'store', 'not-found')) throw error;
  }
}

/** The state of one machine; `Timeout` when nobody answers in time. */
export async function statusOf(
  context: MachineContext,
  machine: KnownMachine,
  hostOf: HostOf = hostsOf(context),
  timeout = PATIENCE,
): Promise<MachineStatus> {
  const request = { names: [machine.name], timeout };
  const status = await within(timeout, context.signal, (signal) =>
    statesOf(context, hostOf, request)(machine, signal),
  );
  return status === TIMED_OUT ? { state: 'Timeout' } : status;
}
