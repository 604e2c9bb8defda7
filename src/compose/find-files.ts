import { delimiter, dirname, join, resolve } from 'node:path';

import type { Diagnostic } from './diagnostic.ts';
import type { FileAccess } from './files.ts';
import type { StringMap } from './model-basics.ts';
import { isRemotePath } from './remote-path.ts';

type Report = (diagnostic: Diagnostic) => void;

/** In the order in which one directory is searched. */
export const composeFileNames = [
  'compose.yaml',
  'compose.yml',
  'docker-compose.yml',
  'docker-compose.yaml',
];
const overrideNames = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];

/** A file name as it was given, made absolute; `-` and remote references are kept. */
export function absoluteFile(name: string, cwd: string): string {
  return name === '-' || isRemotePath(name) ? name : resolve(cwd, name);
}

/** Files that COMPOSE_FILE names, absolute; each must exist. Empty where it is not set. */
export function filesFromEnvironment(
  environment: StringMap,
  cwd: string,
  files: Pick<FileAccess, 'kind'>,
  report: Report,
): string[] {
  const listed = environment['COMPOSE_FILE'] ?? '';
  if (listed === '') return [];
  const separator = environment['COMPOSE_PATH_SEPARATOR'] ?? '';
  const names = listed.split(separator === '' ? delimiter : separator);
  return names.map((name) => {
    const path = absoluteFile(name, cwd);
    if (path === resolve(cwd, name) && files.kind(path) === 'missing') {
      report({
        severity: 'error',
        code: 'project/file-not-found',
        message: `stat ${path}: no such file or directory`,
        hint: 'COMPOSE_FILE names this file',
      });
    }
    return path;
  });
}

/**
 * The Compose file of `directory` or of the nearest parent that has one, with its override file.
 * Empty where there is none up to the root.
 */
export function searchFiles(
  directory: string,
  files: Pick<FileAccess, 'kind'>,
  report: Report,
): string[] {
  for (let at = directory; ; at = dirname(at)) {
    const winner = pick(composeFileNames, at, 'config', { files, report });
    if (winner !== undefined) {
      const override = pick(overrideNames, at, 'override', { files, report });
      return override === undefined ? [winner] : [winner, override];
    }
    if (dirname(at) === at) return [];
  }
}

function pick(
  names: readonly string[],
  directory: string,
  role: 'config' | 'override',
  { files, report }: { readonly files: Pick<FileAccess, 'kind'>; readonly report: Report },
): string | undefined {
  const found = names
    .map((name) => join(directory, name))
    .filter((path) => files.kind(path) !== 'missing');
  const [winner] = found;
  if (winner !== undefined && found.length > 1) {
    const warn = (message: string): void => {
      report({ severity: 'warning', code: 'project/several-files', message });
    };
    warn(`Found multiple ${role} files with supported names: ${found.join(', ')}`);
    warn(`Using ${winner}`);
  }
  return winner;
}
