import { MachineError } from '../machine-error.ts';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file or folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of the path is no folder',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
};

/** The failure to read or write a file of this computer. */
export function localFailure(verb: 'read' | 'write', path: string, error: unknown): MachineError {
  const { code = '', message } = error as { readonly code?: string; readonly message: string };
  return new MachineError('failed', `cannot ${verb} ${path}: ${WORDS[code] ?? message}`, {
    cause: error,
  });
}
