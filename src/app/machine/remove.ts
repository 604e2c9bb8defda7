import { isMachineError } from '../../machines/machine-error.ts';
import { eachMachine } from '../../machines/lifecycle/several.ts';
import { removeMachine, type RemovedMachine } from '../../machines/lifecycle/remove.ts';
import { CommandFailure } from '../failure.ts';
import type { Session } from '../session.ts';
import { ask } from './ask.ts';
import { withMachines } from './context.ts';
import { joinFailures, sortOutcomes, wordsOf, type MachineFailure } from './failures.ts';
import type { MachineOptions } from './options.ts';

export interface RemoveMachinesRequest {
  readonly names: readonly string[];
  readonly force: boolean;
  readonly yes: boolean;
  readonly dryRun: boolean;
}

/** `machine rm`: removes machines and everything that was made for them. */
export async function removeMachines(
  session: Session,
  options: MachineOptions,
  { names, force, yes, dryRun }: RemoveMachinesRequest,
): Promise<number> {
  const { stdout, stderr } = session;
  stdout.write(`About to remove ${names.join(', ')}\n`);
  if (dryRun) return 0;
  stdout.write('WARNING: This action will delete both local reference and remote instance.\n');
  if (!yes && !force) {
    for (const name of await namesOfServers(session, options, names)) {
      stderr.write(
        `${name}: the server stays as it is; only what is known of it here is removed\n`,
      );
    }
    const sure = await ask(session, 'Are you sure?');
    if (sure === undefined) {
      throw new CommandFailure('Nothing was removed: nobody answered', 'use -y where nobody can');
    }
    if (!sure) return 0;
  }
  return withMachines(session, options, { title: 'rm' }, async (context, tell) => {
    const outcomes = await eachMachine([...new Set(names)], context, async (name) => {
      const removed = await removeMachine(context, { name, force });
      tell(`Successfully removed ${name}`);
      return removed;
    });
    context.signal.throwIfAborted();
    const { done, failures } = sortOutcomes(outcomes);
    for (const { name, value } of done) stderr.write(leftLines(name, value));
    const left = done.some(({ value }) => value.left.length > 0 || value.failure !== undefined);
    // What is not there is what was wanted.
    const serious = failures.filter(({ error }) => !force || !isMachineError(error, 'not-found'));
    const missing = failures.filter((failure) => !serious.includes(failure));
    for (const failure of missing) {
      stderr.write(`${removeWords(failure)}\nCan't remove ${JSON.stringify(failure.name)}\n`);
    }
    if (serious.length > 0) throw joinFailures(serious, removeWords);
    return left ? 1 : 0;
  });
}

/** Those of the machines that are servers which nobody made here: nothing at all is done to them. */
function namesOfServers(
  session: Session,
  options: MachineOptions,
  names: readonly string[],
): Promise<readonly string[]> {
  return withMachines(session, options, { title: 'rm', quiet: true }, async (context) => {
    const servers: string[] = [];
    for (const machine of await context.store.list()) {
      if (!names.includes(machine.name) || !('record' in machine)) continue;
      const { provider } = machine.record;
      // One that cannot be had is told when the machine is removed.
      const found = await context.provider(provider).catch(() => undefined);
      if (found?.makesInstances === false) servers.push(machine.name);
    }
    return servers;
  });
}

function leftLines(name: string, { left, failure }: RemovedMachine): string {
  const lines = left.map(({ title, reason }) => `${name}: ${title} may still exist: ${reason}\n`);
  if (failure !== undefined) lines.unshift(`${name}: ${failure}\n`);
  return lines.length === 0 ? '' : `${lines.join('')}  help: "machine gc" finds and removes it\n`;
}

function removeWords({ name, error }: MachineFailure): string {
  return `Error removing host ${JSON.stringify(name)}: ${wordsOf(error).message}`;
}
