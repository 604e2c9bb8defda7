import { restart } from '../../app/restart.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `restart` and runs it. */
export function run({ flags, args, global, dryRun, session }: Invocation): Promise<number> {
  return restart(session, globalOptions(global), {
    services: args,
    noDependents: flags.bool('no-deps'),
    syncBinds: flags.bool('sync-binds'),
    timeout: flags.givenInt('timeout'),
    dryRun,
  });
}
