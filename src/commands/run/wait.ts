import { waitForEnd } from '../../app/wait.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `wait` and runs it. */
export function run({ flags, args, global, dryRun, session }: Invocation): Promise<number> {
  return waitForEnd(session, globalOptions(global), {
    services: args,
    downProject: flags.bool('down-project'),
    dryRun,
  });
}
