import { stop } from '../../app/stop.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `stop` and runs it. */
export function run({ flags, args, global, dryRun, session }: Invocation): Promise<number> {
  return stop(session, globalOptions(global), {
    services: args,
    timeout: flags.givenInt('timeout'),
    dryRun,
  });
}
