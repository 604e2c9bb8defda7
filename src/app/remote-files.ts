import type { FileAccess, RemoteFile } from '../compose/files.ts';
import { CommandFailure } from './failure.ts';
import { localFiles } from './file-access.ts';
import type { GlobalOptions } from './global-options.ts';
import type { Session } from './session.ts';

/** How often what was fetched may ask for more. */
const MAX_DEPTH = 50;

/**
 * Loads with the files of this machine; where Compose files of repositories and artifacts are wanted,
 * fetches them and loads again, until nothing is missing. What cannot be fetched is a fault that the
 * loader reports at the place where it is asked for.
 *
 * @param load pure: it is called as often as it takes
 */
export async function withRemoteFiles<T>(
  session: Session,
  global: GlobalOptions,
  load: (files: FileAccess) => T,
): Promise<T> {
  const local = localFiles(session.env);
  const known = session.remoteFiles ?? new Map<string, RemoteFile>();
  for (let depth = 0; depth < MAX_DEPTH; depth += 1) {
    const wanted = new Set<string>();
    const loaded = load({
      ...local,
      remote: (reference) => {
        const file = known.get(reference);
        if (file === undefined) wanted.add(reference);
        return file;
      },
      origin: (path) => originOf(path, known),
    });
    if (wanted.size === 0) return loaded;
    const { fetchRemoteFile } = await import('./fetch-remote-file.ts');
    const references = [...wanted];
    const fetched = await Promise.all(
      references.map((reference) => fetchRemoteFile(reference, session, global)),
    );
    for (const [index, file] of fetched.entries()) known.set(references[index] ?? '', file);
  }
  throw new CommandFailure(
    `remote Compose files are nested more than ${MAX_DEPTH} deep`,
    'one of them seems to include another one each time that it is read',
  );
}

/** The reference whose file `path` is, or that it came along with. */
function originOf(path: string, known: ReadonlyMap<string, RemoteFile>): string | undefined {
  let along: string | undefined;
  for (const [reference, file] of known) {
    if (!file.ok) continue;
    if (file.path === path) return reference;
    if (path.startsWith(`${file.root}/`)) along = reference;
  }
  return along;
}
