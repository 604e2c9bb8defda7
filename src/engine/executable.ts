import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { pluginDirectories, type PluginSources } from './plugin-directories.ts';

/** Whether a path is a file that may be run. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** A plugin of the docker command by its name (`buildx`), where that command would find it. */
export function findPlugin(sources: PluginSources, name: string): string | undefined {
  if (name.includes('/')) return undefined;
  return pluginDirectories(sources)
    .map((directory) => join(directory, `docker-${name}`))
    .find(isExecutable);
}

/** A program in PATH, or at a path relative to `cwd` if its name is one. */
export function findProgram(
  name: string,
  { path, cwd }: { readonly path: string | undefined; readonly cwd: string },
): string | undefined {
  const candidates = name.includes('/')
    ? [resolve(cwd, name)]
    : (path ?? '')
        .split(delimiter)
        .filter((directory) => directory !== '')
        .map((directory) => resolve(cwd, directory, name));
  return candidates.find(isExecutable);
}
