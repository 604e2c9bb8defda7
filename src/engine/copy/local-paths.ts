import { lstat, readlink, realpath, stat } from 'node:fs/promises';
import { EngineError } from '../errors.ts';
import { atLocalPath, lstatOrNothing } from './local-failure.ts';
import {
  cleanPath,
  followedSource,
  lastElement,
  linkDestination,
  splitEntry,
  type CopyEnd,
} from './paths.ts';

/** Links in a row that are followed before they count as a circle. */
const MOST_LINKS = 10;

/**
 * Looks at what is to be copied from this machine. Links on the way to it are followed; it itself,
 * when it is a link, only if asked to.
 *
 * @param path absolute, ending as it was typed
 */
export async function localSource(path: string, followLink: boolean): Promise<CopyEnd> {
  const found = followLink ? await followed(path) : await parentFollowed(path);
  const stats = await atLocalPath('lstat', found.path, () => lstat(found.path));
  return { ...found, exists: true, isDirectory: stats.isDirectory() };
}

async function followed(path: string): Promise<Pick<CopyEnd, 'path' | 'name'>> {
  return followedSource(path, await real(path));
}

async function parentFollowed(path: string): Promise<Pick<CopyEnd, 'path' | 'name'>> {
  const at = path.lastIndexOf('/') + 1;
  const parent = await real(path.slice(0, at));
  const resolved = `${parent === '/' ? '' : parent}/${path.slice(at)}`;
  const name = lastElement(path);
  const renamed = path.endsWith('/') && name !== lastElement(resolved);
  return renamed ? { path: resolved, name } : { path: resolved };
}

function real(path: string): Promise<string> {
  // realpath gives the path of a file for a path that says it is a directory.
  return atLocalPath('lstat', cleanPath(path), () => realpath(path));
}

/**
 * Looks at where something is to be copied to on this machine. A link is followed, also when there is
 * nothing at its end; the directory above has to exist.
 */
export async function localDestination(path: string): Promise<CopyEnd> {
  let at = path;
  for (let links = 0; ; links += 1) {
    const place = at;
    const stats = await lstatOrNothing(place);
    if (stats === undefined) {
      await checkParent(place);
      return { path: place, exists: false, isDirectory: false };
    }
    if (!stats.isSymbolicLink()) {
      return { path: place, exists: true, isDirectory: stats.isDirectory() };
    }
    if (links >= MOST_LINKS) throw new EngineError('invalid', `too many symlinks in ${path}`);
    const target = await atLocalPath('readlink', place, () => readlink(place));
    at = linkDestination(place, target);
  }
}

async function checkParent(path: string): Promise<void> {
  const { directory } = splitEntry(path);
  const parent = await atLocalPath('stat', directory, () => stat(directory));
  if (!parent.isDirectory()) throw new EngineError('invalid', `${directory}: not a directory`);
}

/**
 * Checks that something can be written at a path: its directory exists, and it is a regular file, a
 * directory or nothing yet.
 */
export async function checkOutputPath(path: string): Promise<void> {
  const { directory } = splitEntry(path);
  if (await isMissing(directory)) {
    throw new EngineError(
      'invalid',
      `invalid output path: directory ${JSON.stringify(directory)} does not exist`,
      { hint: 'create it first, or choose another path' },
    );
  }
  if (await isMissing(path)) return;
  const stats = await atLocalPath('stat', path, () => stat(path));
  if (stats.isBlockDevice() || stats.isCharacterDevice()) {
    throw new EngineError(
      'invalid',
      `invalid output path: ${JSON.stringify(path)} must be a directory or a regular file: got a device`,
    );
  }
}

async function isMissing(path: string): Promise<boolean> {
  try {
    await stat(path);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT';
  }
}
