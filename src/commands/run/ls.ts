import { listProjects } from '../../app/list-projects.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `ls` and runs it. */
export function run({ flags, global, session }: Invocation): Promise<number> {
  return listProjects(session, globalOptions(global), {
    all: flags.bool('all'),
    filters: flags.list('filter'),
    format: flags.string('format'),
    quiet: flags.bool('quiet'),
  });
}
