import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it that are missing, each with `mode`. Node's own way never ends where a folder says
 * that what is made in it does not exist, as /proc does (Node 20 to 24).
 *
 * @returns the topmost folder that was made; undefined when all of them were there
 * @throws the error of the system: `EACCES`, `ENOENT` in /proc, `EEXIST` or `ENOTDIR` where a file is in the way
 */
export function makeFolders(path: string, mode = 0o777): string | undefined {
  try {
    return makeFolder(path, mode) ? path : undefined;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (!missing || dirname(path) === path) throw error;
  }
  const above = makeFolders(dirname(path), mode);
  return makeFolder(path, mode) ? (above ?? path) : above;
}

/** False: it is there. */
function makeFolder(path: string, mode: number): boolean {
  try {
    mkdirSync(path, mode);
    return true;
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    if (exists && statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return false;
    throw error;
  }
}
