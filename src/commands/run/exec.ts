import { exec } from '../../app/exec.ts';
import { globalOptions } from '../global-options.ts';
import type { Invocation } from '../invocation.ts';

/** Reads the flags of `exec` and runs it. */
export function run({ flags, args, global, dryRun, session }: Invocation): Promise<number> {
  const [service = '', ...command] = args;
  const noTty = flags.changed('no-tty') ? flags.bool('no-tty') : session.stdout.isTTY !== true;
  return exec(session, globalOptions(global), {
    service,
    command,
    index: flags.int('index'),
    env: flags.list('env'),
    user: flags.string('user'),
    workdir: flags.string('workdir'),
    privileged: flags.bool('privileged'),
    tty: !noTty,
    interactive: flags.bool('interactive'),
    detach: flags.bool('detach'),
    dryRun,
  });
}
