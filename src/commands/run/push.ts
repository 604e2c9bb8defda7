import { push } from '../../app/push.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `push` and runs it. */
export function run({ flags, args, global, dryRun, session }: Invocation): Promise<number> {
  return push(session, globalOptions(global), {
    services: args,
    ignoreFailures: flags.bool('ignore-push-failures'),
    includeDependencies: flags.bool('include-deps'),
    quiet: flags.bool('quiet'),
    dryRun,
  });
}
