import type { MachineRecord } from '../../machines/store/machine-record.ts';
import type { MachineStore, StoredMachine } from '../../machines/store/machine-store.ts';
import { MachineError } from '../../machines/machine-error.ts';
import { CommandFailure } from '../failure.ts';

/** Machine that is meant where none is named. */
const DEFAULT = 'default';

/** A machine whose record can be used. */
export type KnownMachine = Extract<StoredMachine, { record: MachineRecord }>;

/**
 * The machines that a command is about: those that were named, else `default`.
 *
 * @throws CommandFailure in the words of docker-machine when there is no `default`
 */
export async function targetNames(
  store: MachineStore,
  names: readonly string[],
): Promise<readonly string[]> {
  if (names.length > 0) return [...new Set(names)];
  const machines = await store.list();
  if (machines.some(({ name }) => name === DEFAULT)) return [DEFAULT];
  throw new CommandFailure(
    `Error: No machine name(s) specified and no "${DEFAULT}" machine exists`,
  );
}

/**
 * The one machine that a command is about.
 *
 * @throws CommandFailure for more than one, MachineError for one that there is not, or whose record is broken
 */
export async function oneMachine(
  store: MachineStore,
  names: readonly string[],
): Promise<KnownMachine> {
  if (names.length > 1) {
    throw new CommandFailure('Error: Expected one machine name as an argument');
  }
  const [name = ''] = await targetNames(store, names);
  return knownMachine(store, name);
}

/** @throws MachineError for a machine that there is not, or whose record is broken */
export async function knownMachine(store: MachineStore, name: string): Promise<KnownMachine> {
  const machine = await store.get(name);
  if ('record' in machine) return machine;
  throw new MachineError('store', machine.fault, {
    hint: `"machine ls" shows the others; "machine rm --force ${name}" forgets it and keeps its files apart`,
  });
}
