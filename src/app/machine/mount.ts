import { isAbsolute } from 'node:path';
import { CommandFailure } from '../failure.ts';
import type { Session } from '../session.ts';
import { withMachines } from './context.ts';
import { parseCopyEnd } from './copy-ends.ts';
import { findLocalProgram, requireProgram, runLocalProgram } from './local-program.ts';
import type { MachineOptions } from './options.ts';
import { reach, refuseWithoutSsh } from './ssh.ts';
import { sshDestination, sshOptions } from './ssh-arguments.ts';
import { knownMachine } from './target.ts';

/** Programs that take a mount of FUSE away: of version 2, or 3 without the older name. */
const UNMOUNTERS = ['fusermount', 'fusermount3'];

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
  if (mountpoint === undefined && !isAbsolute(end.path)) {
    // It would hide the folder that the user is in.
    throw new CommandFailure('Improper number of arguments', 'name the folder to mount it on, too');
  }
  const place = mountpoint ?? end.path;
  if (unmount) {
    const program = UNMOUNTERS.find((each) => findLocalProgram(session, each) !== undefined);
    return runLocalProgram(
      session,
      [program ?? 'fusermount', '-u', place],
      'You must have a copy of the fusermount binary locally to use the unmount option',
    );
  }
  const missing = 'You must have a copy of the sshfs binary locally to use the mount feature';
  return withMachines(session, options, { title: 'mount', quiet: true }, async (context) => {
    const { store } = context;
    const known = await knownMachine(store, name);
    refuseWithoutSsh(known);
    requireProgram(session, 'sshfs', missing);
    // Tells more than sshfs does when it fails, and finds an address that has changed.
    await reach(context, known);
    const machine = await knownMachine(store, name);
    const user = end.kind === 'local' ? undefined : end.user;
    return runLocalProgram(
      session,
      ['sshfs', ...sshOptions(machine), `${sshDestination(machine, user)}:${end.path}`, place],
      missing,
    );
  });
}
