/** A Compose file that was brought to this machine. */
export interface FetchedFile {
  readonly path: string;
  /** The directory of everything that came with it. */
  readonly root: string;
}

export interface FetchSettings {
  /** Where copies are kept. */
  readonly cache: string;
  /** Of the process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly signal: AbortSignal;
}
