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
  /**
   * The local copy of a file in a repository or an artifact; undefined where it was not fetched yet.
   * Whoever implements this takes note of what was asked for, fetches it and loads once more.
   */
  remote?(reference: string): RemoteFile | undefined;
  /** The repository or artifact that a local file was fetched from. */
  origin?(path: string): string | undefined;
}

/** What became of a reference: the file, or why there is none. */
export type RemoteFile =
  | {
      readonly ok: true;
      readonly path: string;
      /** The directory of everything that was fetched with it. */
      readonly root: string;
    }
  | { readonly ok: false; readonly message: string; readonly hint?: string };
