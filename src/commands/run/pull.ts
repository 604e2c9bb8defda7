import { pull } from '../../app/pull.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';
import { UsageError } from '../usage-error.ts';

/** Reads the flags of `pull` and runs it. */
export function run({ flags, args, global, dryRun, session }: Invocation): Promise<number> {
  return pull(session, globalOptions(global), {
    services: args,
    ignoreBuildable: flags.bool('ignore-buildable'),
    ignoreFailures: flags.bool('ignore-pull-failures'),
    includeDependencies: flags.bool('include-deps'),
    policy: pullPolicy(flags.string('policy')),
    quiet: flags.bool('quiet'),
    dryRun,
  });
}

function pullPolicy(value: string): 'missing' | 'always' | undefined {
  if (value === '') return undefined;
  if (value === 'missing' || value === 'always') return value;
  throw new UsageError(
    `invalid value for --policy: ${JSON.stringify(value)}`,
    'use missing or always',
  );
}
