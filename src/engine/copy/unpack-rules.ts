import { posix } from 'node:path';
import { fail, ok, type Result } from '../../foundation/result.ts';
import { cleanPath, rename, type Renaming } from './paths.ts';

/** An archive is unpacked below `directory` and nowhere else. */
export interface UnpackPlace {
  readonly directory: string;
  readonly renaming?: Renaming;
}

/**
 * Where an entry goes, as a path below the directory (`.`: the directory itself). Names that lead out
 * of it are refused; so are those that are not part of what is renamed, because they would be written
 * beside the destination.
 */
export function entryPath(
  name: string,
  { directory, renaming }: UnpackPlace,
): Result<string, string> {
  // What is no UTF-8 was replaced when the header was read: the true name is lost.
  if (name.includes('\uFFFD')) {
    return fail(`the name of ${JSON.stringify(name)} is not UTF-8`);
  }
  const renamed = renaming === undefined ? name : rename(name, renaming);
  const relative = renamed === undefined ? undefined : cleanPath(`./${renamed}`);
  if (relative === undefined || isOutside(relative)) {
    return fail(`${JSON.stringify(name)} is outside of ${JSON.stringify(directory)}`);
  }
  return ok(relative);
}

/** The directories above an entry, from the top. */
export function parentsOf(path: string): readonly string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

/**
 * Whether a symbolic link stays inside; judged by its text alone, an absolute target being taken as
 * inside, because that is how it is in the container.
 *
 * @param path of the link below the directory
 */
export function linkStaysInside(path: string, target: string): boolean {
  return !isOutside(posix.join(posix.dirname(path), target));
}

function isOutside(relative: string): boolean {
  return relative === '..' || relative.startsWith('../');
}

/** Why what is there must not be replaced by an entry, in docker's words; undefined: it may. */
export function replacementFault(
  path: string,
  kinds: { readonly wasDirectory: boolean; readonly isDirectory: boolean },
  directory: string,
): string | undefined {
  const [there, here] = [JSON.stringify(path), JSON.stringify(directory)];
  if (kinds.wasDirectory && !kinds.isDirectory) {
    return `cannot overwrite directory ${there} with non-directory ${here}`;
  }
  if (!kinds.wasDirectory && kinds.isDirectory) {
    return `cannot overwrite non-directory ${there} with directory ${here}`;
  }
  return undefined;
}
