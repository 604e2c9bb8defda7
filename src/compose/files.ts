/** Why a file could not be read. */
export type ReadFailure = 'not-found' | 'is-directory' | 'permission-denied' | 'failed';

export type ReadResult =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly error: ReadFailure; readonly detail: string };

/**
 * How the loader sees files; injected, so that loading stays a function of its input. Paths are
 * absolute. Standard input is served under the path `-`, read once by whoever implements this.
 */
export interface FileAccess {
  read(path: string): ReadResult;
  /** Follows symbolic links. */
  kind(path: string): 'file' | 'directory' | 'other' | 'missing';
  /** The path with every symbolic link resolved; the path itself where that fails. */
  realPath(path: string): string;
  /** The user's home directory, for `~`. */
  readonly home: string;
}
