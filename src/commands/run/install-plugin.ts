import { PLUGIN_NAMES } from '../../app/identity.ts';
import { installPlugin } from '../../app/install-plugin.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';
import { UsageError } from '../usage-error.ts';

/** Reads the flags of `install-plugin` and runs it. */
export function run({ flags, global, dryRun, session }: Invocation): Promise<number> {
  const word = flags.string('as');
  if (!PLUGIN_NAMES.some((name) => name === `docker-${word}`)) {
    throw new UsageError(
      `unsupported --as value ${JSON.stringify(word)}`,
      'use compose or tcompose',
    );
  }
  return installPlugin(session, globalOptions(global), {
    word,
    system: flags.bool('system'),
    force: flags.bool('force'),
    uninstall: flags.bool('uninstall'),
    dryRun,
  });
}
