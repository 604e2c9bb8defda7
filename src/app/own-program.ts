import { realpathSync } from 'node:fs';
import { basename } from 'node:path';

/** Whether a path leads to tcompose, this installation of it or another one. */
export function isTcompose(path: string): boolean {
  try {
    return basename(realpathSync(path)) === 'tcompose';
  } catch {
    return false;
  }
}

/** What `install-plugin --force` calls what it found; names that begin with `docker-` are docker's. */
export function originalName(name: string): string {
  return `original-${name}`;
}
