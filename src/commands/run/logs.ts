import { logs } from '../../app/logs.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `logs` and runs it. */
export function run({ flags, args, global, session }: Invocation): Promise<number> {
  return logs(session, globalOptions(global), {
    services: args,
    follow: flags.bool('follow'),
    index: flags.int('index'),
    since: flags.string('since'),
    until: flags.string('until'),
    tail: flags.string('tail'),
    json: flags.bool('json'),
    appearance: {
      color: !flags.bool('no-color'),
      prefix: !flags.bool('no-log-prefix'),
      timestamps: flags.bool('timestamps'),
    },
  });
}
