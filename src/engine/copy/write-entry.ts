import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { chmod, link, lutimes, open, rename, symlink, unlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Header } from 'tar-stream';
import { contentOf, type ArchiveEntry } from '../tar-entry.ts';
import { atLocalPath } from './local-failure.ts';

/** Name of a file that is not complete yet; files of one unpacking are written one after the other. */
const UNFINISHED = `.tcompose-${randomUUID()}`;

const NEW_FILE = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW;

/** Writes a regular file beside its place and moves it there when it is complete. */
export function writeFile(path: string, entry: ArchiveEntry): Promise<void> {
  return replace(path, async (unfinished) => {
    const { header } = entry;
    const file = await open(unfinished, NEW_FILE, 0o600);
    try {
      for await (const chunk of contentOf(entry)) await file.writeFile(chunk);
      await file.chmod(permissions(header));
      await file.utimes(timeOf(header), timeOf(header));
    } finally {
      await file.close();
    }
  });
}

/** Writes a symbolic link; its target may or may not exist. */
export function writeSymlink(path: string, target: string, header: Header): Promise<void> {
  return replace(path, async (unfinished) => {
    await symlink(target, unfinished);
    await lutimes(unfinished, timeOf(header), timeOf(header));
  });
}

/** Gives a file a second name. */
export async function writeLink(path: string, existing: string): Promise<void> {
  await replace(path, (unfinished) => link(existing, unfinished));
  // Where it had that name already, moving it there leaves both names.
  await unlink(join(dirname(path), UNFINISHED)).catch(() => undefined);
}

/** Makes a named pipe or a device, which takes root for all but pipes. */
export function writeDevice(path: string, header: Header): Promise<void> {
  return replace(path, async (unfinished) => {
    const numbers = [String(header.devmajor), String(header.devminor)];
    const kind = header.type === 'block-device' ? 'b' : 'c';
    const words = header.type === 'fifo' ? ['p'] : [kind, ...numbers];
    await promisify(execFile)('mknod', [unfinished, ...words]);
    await chmod(unfinished, permissions(header));
    await utimes(unfinished, timeOf(header), timeOf(header));
  });
}

/** Gives a directory of ours the permissions and the time of its entry. */
export async function settleDirectory(path: string, header: Header): Promise<void> {
  await atLocalPath('chmod', path, () => chmod(path, permissions(header)));
  await atLocalPath('chtimes', path, () => utimes(path, timeOf(header), timeOf(header)));
}

/** Makes something under a name of its own, then puts it in the place of what is at `path`. */
function replace(path: string, make: (unfinished: string) => Promise<void>): Promise<void> {
  const unfinished = join(dirname(path), UNFINISHED);
  return atLocalPath('open', path, async () => {
    try {
      await make(unfinished);
      await rename(unfinished, path);
    } catch (error) {
      await unlink(unfinished).catch(() => undefined);
      throw error;
    }
  });
}

function permissions({ mode }: Header): number {
  return mode & 0o7777;
}

/** Times that do not fit into the header are in the record before it. */
function timeOf({ mtime, pax }: Header): Date {
  const exact = (pax as Readonly<Record<string, string>> | null | undefined)?.['mtime'];
  return exact === undefined ? mtime : new Date(Number(exact) * 1000);
}
