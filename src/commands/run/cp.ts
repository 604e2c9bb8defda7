import { copy } from '../../app/copy.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `cp` and runs it. */
export function run({ flags, args, global, dryRun, session }: Invocation): Promise<number> {
  const [source = '', destination = ''] = args;
  return copy(session, globalOptions(global), {
    source,
    destination,
    index: flags.int('index'),
    oneOffs: flags.bool('all'),
    followLink: flags.bool('follow-link'),
    archive: flags.bool('archive'),
    dryRun,
  });
}
