import { posix } from 'node:path';
import { fail, ok, type Result } from '../../foundation/result.ts';

/** A side of a copy: a service's container, or this machine when there is no service. */
export interface CopyPlace {
  readonly service?: string;
  readonly path: string;
}

/**
 * Reads `SERVICE:PATH` or a path of this machine. An absolute path, and one that starts with a dot,
 * is never taken for a service's, whatever colons it has.
 */
export function parseCopyPlace(argument: string): CopyPlace {
  const colon = argument.indexOf(':');
  const local = argument.startsWith('/') || argument.startsWith('.') || colon < 0;
  // Nothing before the colon: no service.
  if (local || colon === 0) return { path: local ? argument : argument.slice(1) };
  return { service: argument.slice(0, colon), path: argument.slice(colon + 1) };
}

/** The path without `.`, `..` inside it and slashes at its end. */
export function cleanPath(path: string): string {
  const normal = posix.normalize(path);
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}

/** Last element of a path; `.` for none, `/` for the root. */
export function lastElement(path: string): string {
  if (path === '') return '.';
  return posix.basename(path) || '/';
}

/** Whether a path ends with `.`: it means what is in a directory rather than the directory. */
export function meansContents(path: string): boolean {
  return lastElement(path) === '.';
}

/** Whether a path ends in a way that only a directory can be meant. */
export function assertsDirectory(path: string): boolean {
  return path.endsWith('/') || meansContents(path);
}

/** An absolute path that ends as it was typed: with `/`, with `/.`, or with neither. */
export function resolveTyped(directory: string, typed: string): string {
  const resolved = posix.resolve(directory, typed);
  if (meansContents(typed)) return resolved === '/' ? '/.' : `${resolved}/.`;
  return typed.endsWith('/') && resolved !== '/' ? `${resolved}/` : resolved;
}

/** Directory and last element of a path; a final `.` counts as an element. */
export function splitEntry(path: string): { readonly directory: string; readonly base: string } {
  const cleaned = cleanPath(path);
  if (meansContents(path)) return { directory: cleaned, base: '.' };
  return { directory: posix.dirname(cleaned), base: lastElement(cleaned) };
}

/** Where a symbolic link leads, from the directory it is in. */
export function linkDestination(link: string, target: string): string {
  return target.startsWith('/') ? target : posix.join(splitEntry(link).directory, target);
}

/**
 * A source path that turned out to be a link: its target, ending as the path was typed, and the name
 * that was asked for where the target has another one.
 */
export function followedSource(
  typed: string,
  target: string,
): { readonly path: string; readonly name?: string } {
  let path = target;
  if (meansContents(typed) && !meansContents(path)) path += '/.';
  if (typed.endsWith('/') && !path.endsWith('/')) path += '/';
  const name = lastElement(typed);
  return name === lastElement(path) ? { path } : { path, name };
}

/** What is known about one side of a copy. */
export interface CopyEnd {
  readonly path: string;
  readonly exists: boolean;
  readonly isDirectory: boolean;
  /** Name that the copy shall have, where a link was followed to another name. */
  readonly name?: string;
}

/** Names of entries that start with `from` start with `to` instead. */
export interface Renaming {
  readonly from: string;
  readonly to: string;
}

export interface CopyRoute {
  /** Directory at the destination that the archive is unpacked in. */
  readonly directory: string;
  /** Absent: entries keep their names. */
  readonly renaming?: Renaming;
}

/**
 * Where an archive of the source has to be unpacked and how its entries have to be called, by the
 * rules of docker cp: into a directory that exists, otherwise in place of the destination.
 *
 * @returns docker's words for what cannot be done otherwise
 */
export function routeCopy(source: CopyEnd, destination: CopyEnd): Result<CopyRoute, string> {
  const from = splitEntry(source.path).base;
  if (destination.exists && destination.isDirectory) {
    const renaming = source.name === undefined ? {} : { renaming: { from, to: source.name } };
    return ok({ directory: destination.path, ...renaming });
  }
  if (destination.exists && source.isDirectory) return fail('cannot copy directory');
  if (!destination.exists && !source.isDirectory && assertsDirectory(destination.path)) {
    return fail('no such directory');
  }
  const { directory, base } = splitEntry(destination.path);
  return ok({ directory, renaming: { from, to: base } });
}

/** An entry's name after renaming; undefined when it is not part of what is renamed. */
export function rename(name: string, { from, to }: Renaming): string | undefined {
  if (from === '/') return posix.join(to, name);
  if (name === from) return to;
  return name.startsWith(`${from}/`) ? `${to}${name.slice(from.length)}` : undefined;
}
