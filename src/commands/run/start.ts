import { start } from '../../app/start.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `start` and runs it. */
export function run({ flags, args, global, dryRun, session }: Invocation): Promise<number> {
  return start(session, globalOptions(global), {
    services: args,
    wait: flags.bool('wait'),
    syncBinds: flags.bool('sync-binds'),
    waitTimeout: flags.int('wait-timeout') > 0 ? flags.int('wait-timeout') : undefined,
    dryRun,
  });
}
