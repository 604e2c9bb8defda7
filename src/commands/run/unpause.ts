import { unpause } from '../../app/pause.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Runs `unpause`. */
export function run({ args, global, dryRun, session }: Invocation): Promise<number> {
  return unpause(session, globalOptions(global), { services: args, dryRun });
}
