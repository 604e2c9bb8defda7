import { basename } from 'node:path';

import type { Diagnostic } from './diagnostic.ts';
import type { FileAccess } from './files.ts';

/** A name as Compose wants it: lower case, only `a-z 0-9 _ -`, starting with a letter or digit. */
export function normalizeProjectName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}

/** What is wrong with a name that was asked for; undefined where it can be used. */
export function checkProjectName(name: string): Diagnostic | undefined {
  const normal = normalizeProjectName(name);
  if (normal === name) return undefined;
  return {
    severity: 'error',
    code: 'project/invalid-name',
    message: `invalid project name ${JSON.stringify(name)}: must consist only of lowercase alphanumeric characters, hyphens, and underscores as well as start with a letter or number`,
    ...(normal !== '' && { hint: `for example ${normal}` }),
  };
}

/** The name of a project that nothing names: after its directory. May be empty (for `/`). */
export function defaultProjectName(
  workingDir: string,
  files: Pick<FileAccess, 'realPath'>,
): { readonly name: string; readonly warnings: readonly Diagnostic[] } {
  const directory = basename(workingDir);
  const name = normalizeProjectName(directory);
  if (basename(files.realPath(workingDir)) === directory) return { name, warnings: [] };
  const warning: Diagnostic = {
    severity: 'warning',
    code: 'project/name-from-symlink',
    message: `project has been loaded without an explicit name from a symlink. Using name ${JSON.stringify(directory)}`,
    hint: 'set name: in the Compose file, or use --project-name',
  };
  return { name, warnings: [warning] };
}
