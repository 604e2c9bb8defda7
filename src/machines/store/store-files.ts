import { randomBytes } from 'node:crypto';
import { chmod, link, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeFolders } from '../../foundation/make-folders.ts';
import { MachineError } from '../machine-error.ts';

/** Begin of names of files that are not complete yet; what a crash left of them is removed. */
export const UNFINISHED = '.unfinished-';

const PRIVATE_FOLDER = 0o700;
const PRIVATE_FILE = 0o600;
/** Mode bits of everybody else. */
const OTHERS = 0o077;

/** Makes a folder that only its owner can enter, and its parents. */
export async function makeFolder(path: string): Promise<void> {
  try {
    const first = makeFolders(path, PRIVATE_FOLDER);
    if (first !== undefined) await syncFolder(dirname(first));
  } catch (error) {
    throw storeFault('make', path, error);
  }
}

/**
 * Replaces a file so that it has either the old or the new content, whatever happens: temporary name, fsync,
 * rename, fsync of the folder. Mode 0600.
 */
export async function replaceFile(path: string, text: string): Promise<void> {
  await withDraft(path, text, (draft) => rename(draft, path));
}

/** Writes a file unless there is one already; true: it was written. */
export async function createFile(path: string, text: string): Promise<boolean> {
  try {
    await withDraft(path, text, async (draft) => {
      await link(draft, path);
      await rm(draft);
    });
    return true;
  } catch (error) {
    const { cause } = error as { cause?: NodeJS.ErrnoException };
    if (cause?.code === 'EEXIST') return false;
    throw error;
  }
}

async function withDraft(
  path: string,
  text: string,
  finish: (draft: string) => Promise<void>,
): Promise<void> {
  const draft = join(dirname(path), `${UNFINISHED}${randomBytes(8).toString('hex')}`);
  try {
    const file = await open(draft, 'wx', PRIVATE_FILE);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await finish(draft);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw storeFault('write', path, error);
  }
}

/** Appends to a file at `length`, dropping what is behind that, and resolves when it is on the disk. */
export async function appendAt(path: string, length: number, text: string): Promise<number> {
  const bytes = Buffer.from(text);
  try {
    const isNew = length === 0;
    const file = await open(path, isNew ? 'a+' : 'r+', PRIVATE_FILE);
    try {
      const { size } = await file.stat();
      if (size > length) await file.truncate(length);
      for (let at = 0; at < bytes.length;) {
        // A disk that is nearly full takes a part, and refuses the next.
        const { bytesWritten } = await file.write(bytes, at, bytes.length - at, length + at);
        at += bytesWritten;
      }
      await file.sync();
    } finally {
      await file.close();
    }
    if (isNew) await syncFolder(dirname(path));
    return length + bytes.length;
  } catch (error) {
    throw storeFault('write', path, error);
  }
}

/** Text of a file; undefined where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw storeFault('read', path, error);
  }
}

/**
 * Takes away what others may do with a file or folder of the store.
 *
 * @throws MachineError `store` when it belongs to somebody else, or cannot be changed
 * @returns what was mended, as a sentence; undefined: nothing was wrong, or nothing is there
 */
export async function keepPrivate(
  path: string,
  uid: number | undefined,
): Promise<string | undefined> {
  try {
    const { mode, uid: owner } = await stat(path);
    if (uid !== undefined && uid !== 0 && owner !== uid) {
      throw new MachineError('store', `${path} belongs to another user (uid ${owner})`, {
        hint: 'set TCOMPOSE_HOME to a folder of your own',
      });
    }
    if ((mode & OTHERS) === 0) return undefined;
    await chmod(path, mode & 0o700);
    return `${path} could be read by others (mode ${octal(mode)}); it is ${octal(mode & 0o700)} now`;
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (error instanceof MachineError) throw error;
    throw storeFault('protect', path, error);
  }
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, '0');
}

/** Makes sure that names of files outlive a loss of power. */
export async function syncFolder(path: string): Promise<void> {
  // Windows has no such thing.
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** True when the reason is that there is no such file. */
export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'ENOENT';
}

/** A failure of the file system, as a sentence and with what would help. */
export function storeFault(doing: string, path: string, error: unknown): MachineError {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Readonly<Record<string, readonly [string, string]>> = {
    EROFS: ['the file system is read-only', 'set TCOMPOSE_HOME to a folder that can be written to'],
    EACCES: [
      'permission denied',
      'set TCOMPOSE_HOME to a folder of your own, or mend its permissions',
    ],
    EPERM: ['not permitted', 'set TCOMPOSE_HOME to a folder of your own, or mend its permissions'],
    ENOSPC: ['the disk is full', 'make room and run the command again: what was recorded is kept'],
    EDQUOT: [
      'the quota is used up',
      'make room and run the command again: what was recorded is kept',
    ],
    ENOTDIR: ['a part of the path is no folder', 'set TCOMPOSE_HOME to a folder'],
    ...(doing === 'make'
      ? { ENOENT: ['there can be no folder', 'set TCOMPOSE_HOME to a folder of your own'] as const }
      : {}),
  };
  const [reason, hint] = known[code ?? ''] ?? [message, undefined];
  return new MachineError('store', `cannot ${doing} ${path}: ${reason}`, {
    ...(hint === undefined ? {} : { hint }),
    cause: error,
  });
}
