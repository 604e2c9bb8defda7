import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { EngineError, messageOf } from '../errors.ts';

/** How the C library words what went wrong, which is what docker prints. */
const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EEXIST: 'file exists',
  EISDIR: 'is a directory',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
  ENOENT: 'no such file or directory',
  ENOSPC: 'no space left on device',
  ENOTDIR: 'not a directory',
  EPERM: 'operation not permitted',
  EROFS: 'read-only file system',
};

const HINTS: Readonly<Record<string, string>> = {
  EACCES: 'check the permissions of the path on this machine, or choose another one',
  EPERM: 'only root may do this on this machine',
  ENOENT: 'check the path; paths without a service are those of this machine',
  ENOSPC: 'free space on this machine, or choose another file system',
};

/** Does something with a file of this machine; failures name what was done and the path. */
export async function atLocalPath<T>(
  verb: string,
  path: string,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof EngineError || (cause as Error).name === 'AbortError') throw cause;
    const { code = '' } = cause as { code?: string };
    const hint = HINTS[code];
    throw new EngineError('invalid', `${verb} ${path}: ${WORDS[code] ?? messageOf(cause)}`, {
      cause,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}

/** What is at a path, a link itself rather than its target; undefined when there is nothing. */
export async function lstatOrNothing(path: string): Promise<Stats | undefined> {
  return atLocalPath('lstat', path, async () => {
    try {
      return await lstat(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  });
}
