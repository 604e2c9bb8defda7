import { mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { makeFolders } from '../foundation/make-folders.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where fetched projects are kept, the same place as Compose's: containers bind files of it. */
export function cacheDirectory(env: Environment, cwd: string, platform = process.platform): string {
  const named = env['XDG_CACHE_HOME'] ?? '';
  if (named !== '') return resolve(cwd, named, 'docker-compose');
  const home = env['HOME'] ?? homedir();
  const ofPlatform = platform === 'darwin' ? join('Library', 'Caches') : '.cache';
  return join(home, ofPlatform, 'docker-compose');
}

/**
 * Makes a directory that is there when it is complete and not before; `isComplete` tells whether one
 * that is there already will do.
 */
export async function fillDirectory(
  path: string,
  isComplete: () => boolean,
  fill: (directory: string) => Promise<void>,
): Promise<void> {
  if (isComplete()) return;
  const parent = dirname(path);
  makeFolders(parent, 0o700);
  const unfinished = await mkdtemp(join(parent, '.tcompose-'));
  try {
    await fill(unfinished);
    if (isComplete()) return;
    // What an interrupted run of Compose left behind.
    await rm(path, { recursive: true, force: true });
    await moveInto(unfinished, path, isComplete);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}

/** Somebody else may have been quicker, which is as good. */
async function moveInto(from: string, to: string, isComplete: () => boolean): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!isComplete()) throw error;
  }
}
