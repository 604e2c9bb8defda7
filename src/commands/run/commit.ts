import { commit } from '../../app/commit.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `commit` and runs it. */
export function run({ flags, args, global, dryRun, session }: Invocation): Promise<number> {
  return commit(session, globalOptions(global), {
    service: args[0] ?? '',
    reference: args[1] ?? '',
    index: flags.int('index'),
    pause: flags.bool('pause'),
    author: flags.string('author'),
    message: flags.string('message'),
    changes: flags.list('change'),
    dryRun,
  });
}
