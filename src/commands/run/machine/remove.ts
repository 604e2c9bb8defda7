import { removeMachines } from '../../../app/machine/remove.ts';
import { commandHelp } from '../../help.ts';
import type { CommandDefinition } from '../../definition.ts';
import type { Invocation } from '../../invocation.ts';
import { UsageError } from '../../usage-error.ts';
import { machineOptions } from './options.ts';

/** Reads the flags of `machine rm` and runs it. */
export function run(invocation: Invocation, command: CommandDefinition): Promise<number> {
  const { flags, args, session, dryRun } = invocation;
  if (args.length === 0) {
    session.stdout.write(commandHelp(session.programName, command));
    throw new UsageError('Error: Expected to get one or more machine names as arguments');
  }
  return removeMachines(session, machineOptions(invocation), {
    names: args,
    force: flags.bool('force'),
    yes: flags.bool('yes'),
    dryRun,
  });
}
