import { exportContainer } from '../../app/export.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `export` and runs it. */
export function run({ flags, args, global, dryRun, session }: Invocation): Promise<number> {
  return exportContainer(session, globalOptions(global), {
    service: args[0] ?? '',
    index: flags.int('index'),
    output: flags.string('output'),
    dryRun,
  });
}
