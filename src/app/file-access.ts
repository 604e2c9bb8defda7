import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import type { FileAccess, ReadFailure, ReadResult } from '../compose/files.ts';

const FAILURES: Readonly<Record<string, ReadFailure>> = {
  ENOENT: 'not-found',
  ENOTDIR: 'not-found',
  EISDIR: 'is-directory',
  EACCES: 'permission-denied',
  EPERM: 'permission-denied',
};

/** Standard input is read whole, once, when a project is asked for from `-`. */
const STANDARD_INPUT = '-';

/** Files of this machine, for the loader. `home` comes from HOME as for every Unix tool. */
export function localFiles(env: Readonly<Record<string, string | undefined>>): FileAccess {
  let standardInput: ReadResult | undefined;
  return {
    home: env['HOME'] ?? homedir(),
    read: (path) => {
      if (path !== STANDARD_INPUT) return readFile(path);
      standardInput ??= readFile(0);
      return standardInput;
    },
    kind: (path) => {
      const found = stat(path);
      if (found === undefined) return 'missing';
      if (found.isFile()) return 'file';
      return found.isDirectory() ? 'directory' : 'other';
    },
    realPath: (path) => {
      try {
        return realpathSync(path);
      } catch {
        return path;
      }
    },
  };
}

/** Names in a directory; none where it cannot be read. */
export function listDirectory(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function readFile(path: string | number): ReadResult {
  try {
    return { ok: true, bytes: readFileSync(path) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { ok: false, error: FAILURES[code ?? ''] ?? 'failed', detail: message };
  }
}

function stat(path: string): ReturnType<typeof statSync> {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A parent that is a file, or that may not be entered, hides the path as if it were missing.
    return undefined;
  }
}
