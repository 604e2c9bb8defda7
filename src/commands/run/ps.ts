import { listContainers } from '../../app/list-containers.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `ps` and runs it. */
export function run({ flags, args, global, session }: Invocation): Promise<number> {
  return listContainers(session, globalOptions(global), {
    services: args,
    all: flags.bool('all'),
    filter: flags.string('filter'),
    format: flags.string('format'),
    truncate: !flags.bool('no-trunc'),
    orphans: flags.bool('orphans'),
    quiet: flags.bool('quiet'),
    namesOnly: flags.bool('services'),
    statuses: flags.list('status'),
  });
}
