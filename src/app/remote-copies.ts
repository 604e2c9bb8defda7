import { MachineError } from '../machines/machine-error.ts';
import type { RunResult } from '../machines/ssh/ssh-host.ts';
import type { Operation } from './operation.ts';
import { BINDS_FOLDER } from './remote-binds.ts';
import { remoteOf } from './remote-engine.ts';

/** `$1` is the folder of all copies, `$2` the project, `$3` whether they go; prints what there was. */
const SETTLE = `
cd -P -- "$1" 2>/dev/null || exit 0
[ -d "./$2" ] && [ ! -L "./$2" ] || exit 0
if [ "$3" = yes ]; then rm -rf -- "./$2" || exit; fi
echo "$1/$2"
`;

/** Removes what `--sync-binds` copied for a project to the engine's host, or says that it stays there. */
export async function settleRemoteCopies(
  { engine, session, onEvent }: Operation,
  project: string,
  remove: boolean,
): Promise<void> {
  const remote = remoteOf(engine);
  // A name that -p gives is not looked at, and this one becomes a path.
  if (remote === undefined || !/^[a-z0-9][a-z0-9_-]*$/.test(project)) return;
  const argv = ['sh', '-c', SETTLE, 'sh', BINDS_FOLDER, project, remove ? 'yes' : 'no'];
  const ask = async (): Promise<RunResult & { readonly title: string }> => {
    const host = await remote.host();
    return { ...(await host.run(argv, { signal: session.signal })), title: host.target.title };
  };
  const [asked] = await Promise.allSettled([ask()]);
  if (asked.status === 'rejected') {
    if (remove || session.signal.aborted) throw asked.reason;
    // A host that runs no commands for this user has no copies either.
    return;
  }
  const { code, stdout, stderr, title } = asked.value;
  const folder = `~/${BINDS_FOLDER}/${project}`;
  if (code !== 0 && remove) {
    const reason = stderr.trim().split('\n')[0] ?? '';
    throw new MachineError('command', `cannot remove ${folder} on ${title}: ${reason}`, {
      host: title,
      hint: `Files of containers may belong to other users: "sudo rm -rf ${folder}" on the host removes them.`,
    });
  }
  if (code !== 0 || stdout === '') return;
  const text = remove
    ? `copies of bind mounts on ${title} are removed`
    : `copies of bind mounts stay on ${title} in ${folder}; "down --sync-binds" removes them`;
  onEvent({ type: 'message', level: 'info', text });
}
