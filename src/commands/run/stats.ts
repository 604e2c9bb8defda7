import { stats } from '../../app/stats.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `stats` and runs it. */
export function run({ flags, args, global, session }: Invocation): Promise<number> {
  return stats(session, globalOptions(global), {
    services: args,
    all: flags.bool('all'),
    stream: !flags.bool('no-stream'),
    format: flags.string('format'),
    truncate: !flags.bool('no-trunc'),
  });
}
