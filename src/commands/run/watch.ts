import { watch } from '../../app/watch.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `watch` and runs it. */
export function run({ flags, args, global, dryRun, session }: Invocation): Promise<number> {
  return watch(session, globalOptions(global), {
    services: args,
    noUp: flags.bool('no-up'),
    syncBinds: flags.bool('sync-binds'),
    prune: flags.bool('prune'),
    quiet: flags.bool('quiet'),
    dryRun,
  });
}
