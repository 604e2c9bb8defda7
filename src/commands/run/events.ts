import { events } from '../../app/events.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `events` and runs it. */
export function run({ flags, args, global, session }: Invocation): Promise<number> {
  return events(session, globalOptions(global), {
    services: args,
    json: flags.bool('json'),
    since: flags.string('since'),
    until: flags.string('until'),
  });
}
