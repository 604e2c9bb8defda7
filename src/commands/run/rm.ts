import { remove } from '../../app/remove.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `rm` and runs it. */
export function run({ flags, args, global, dryRun, session }: Invocation): Promise<number> {
  return remove(session, globalOptions(global), {
    services: args,
    force: flags.bool('force'),
    stop: flags.bool('stop'),
    volumes: flags.bool('volumes'),
    dryRun,
  });
}
