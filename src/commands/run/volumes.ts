import { listVolumes } from '../../app/list-volumes.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `volumes` and runs it. */
export function run({ flags, args, global, session }: Invocation): Promise<number> {
  return listVolumes(session, globalOptions(global), {
    services: args,
    format: flags.string('format'),
    quiet: flags.bool('quiet'),
  });
}
