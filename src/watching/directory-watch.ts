import { watch } from 'node:fs';

/** A watch that goes on until it is closed. */
export interface DirectoryWatch {
  close(): void;
}

/**
 * Watches one directory, or with `recursive` the whole tree below it. `onEvent` gets a path relative to
 * it, null when the system does not say which. Throws what the system says when it cannot.
 */
export type WatchDirectory = (
  path: string,
  options: { readonly recursive: boolean },
  onEvent: (name: string | null) => void,
) => DirectoryWatch;

/** Watches by the means of the operating system: inotify, FSEvents, ReadDirectoryChangesW. */
export const watchDirectory: WatchDirectory = (path, { recursive }, onEvent) => {
  const watcher = watch(path, { recursive }, (_event, name) => {
    onEvent(name);
  });
  // What goes wrong later is that the directory went away: look.
  watcher.on('error', () => {
    onEvent(null);
  });
  return watcher;
};

/** Why something is not watched. */
export interface WatchFault {
  readonly path: string;
  /** The system has no more watches, or the directory must not be read; `other`: see message. */
  readonly kind: 'limit' | 'permission' | 'other';
  readonly message: string;
  readonly hint?: string;
}

/** Words what the system said; undefined when the directory is simply not there any more. */
export function watchFault(path: string, error: unknown): WatchFault | undefined {
  const { code, message } = error as NodeJS.ErrnoException;
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return undefined;
    case 'ENOSPC':
      return {
        path,
        kind: 'limit',
        message: `cannot watch ${path}: all watches of this user are in use`,
        hint: 'to see how many there are: sysctl fs.inotify.max_user_watches; to allow more: sudo sysctl fs.inotify.max_user_watches=524288; or list directories that do not matter under "ignore" or in .dockerignore',
      };
    case 'EMFILE':
    case 'ENFILE':
      return {
        path,
        kind: 'limit',
        message: `cannot watch ${path}: all watchers of this user are in use`,
        hint: 'to see how many there are: sysctl fs.inotify.max_user_instances; to allow more: sudo sysctl fs.inotify.max_user_instances=1024',
      };
    case 'EACCES':
    case 'EPERM':
      return {
        path,
        kind: 'permission',
        message: `cannot watch ${path}: permission denied; changes below it are not seen`,
      };
    default:
      return { path, kind: 'other', message: `cannot watch ${path}: ${message}` };
  }
}
