import { changeMachinePower } from '../../../app/machine/power.ts';
import type { PowerAction } from '../../../machines/lifecycle/power.ts';
import type { Invocation } from '../../invocation.ts';
import { typedLine } from '../../usage-words.ts';
import { machineOptions } from './options.ts';

/** Runs `machine start`, `stop`, `restart` and `kill`. */
export function run(action: PowerAction, invocation: Invocation): Promise<number> {
  const { args, session, dryRun } = invocation;
  return changeMachinePower(session, machineOptions(invocation), {
    names: args,
    action,
    dryRun,
    envCommand: typedLine(session.programName, 'machine env'),
  });
}
