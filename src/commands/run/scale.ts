import { scaleProject } from '../../app/scale-project.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';
import { scales } from './create-request.ts';

/** Reads the words of `scale` and runs it. */
export function run({ flags, args, global, dryRun, session }: Invocation): Promise<number> {
  return scaleProject(session, globalOptions(global), {
    scale: scales(args),
    noDependencies: flags.bool('no-deps'),
    syncBinds: flags.bool('sync-binds'),
    dryRun,
  });
}
