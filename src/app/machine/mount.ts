import { CommandFailure } from '../failure.ts';
import type { Session } from '../session.ts';
import { withMachines } from './context.ts';
import { parseCopyEnd } from './copy-ends.ts';
import { runLocalProgram } from './local-program.ts';
import type { MachineOptions } from './options.ts';
import { refuseWithoutSsh } from './ssh.ts';
import { sshDestination, sshOptions } from './ssh-arguments.ts';
import { knownMachine } from './target.ts';

/** `machine mount`: a folder of a machine as a folder here, by sshfs. */
export function mountFolder(
  session: Session,
  options: MachineOptions,
  { words, unmount }: { readonly words: readonly string[]; readonly unmount: boolean },
): Promise<number> {
  const [source, mountpoint, ...more] = words;
  if (source === undefined || more.length > 0) {
    throw new CommandFailure('Improper number of arguments', 'name MACHINE:PATH and where to');
  }
  const end = parseCopyEnd(source);
  const name = end.kind === 'local' ? 'default' : end.machine;
  const place = mountpoint ?? end.path;
  if (unmount) {
    return runLocalProgram(
      session,
      ['fusermount', '-u', place],
      'You must have a copy of the fusermount binary locally to use the unmount option',
    );
  }
  return withMachines(session, options, { title: 'mount', quiet: true }, async ({ store }) => {
    const machine = await knownMachine(store, name);
    refuseWithoutSsh(machine);
    const user = end.kind === 'local' ? undefined : end.user;
    return runLocalProgram(
      session,
      ['sshfs', ...sshOptions(machine), `${sshDestination(machine, user)}:${end.path}`, place],
      'You must have a copy of the sshfs binary locally to use the mount feature',
    );
  });
}
