import { kill } from '../../app/kill.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';
import { removesOrphans } from './create-request.ts';

/** Reads the flags of `kill` and runs it. */
export function run({ flags, args, global, dryRun, session }: Invocation): Promise<number> {
  return kill(session, globalOptions(global), {
    services: args,
    signal: flags.string('signal'),
    removeOrphans: removesOrphans(flags, session.env),
    dryRun,
  });
}
