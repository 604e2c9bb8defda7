import { pause } from '../../app/pause.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Runs `pause`. */
export function run({ args, global, dryRun, session }: Invocation): Promise<number> {
  return pause(session, globalOptions(global), { services: args, dryRun });
}
