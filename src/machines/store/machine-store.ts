import type { Caller } from '../../providers/provider.ts';
import type { JournalLine, Leftover, MachineRecord } from './machine-record.ts';

/** A machine's folder, locked by this process for as long as it is used to change something. */
export interface MachineFolder {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
  /** Undefined: created, but nothing was recorded yet. Throws `store` for a record that is broken or too new. */
  read(): Promise<MachineRecord | undefined>;
  /** Atomic: temporary file, fsync, rename, fsync of the folder. */
  write(record: MachineRecord): Promise<void>;
  journal(): Promise<readonly JournalLine[]>;
  /** Appends and syncs before it resolves. */
  append(line: JournalLine): Promise<void>;
  readFile(name: string): Promise<string | undefined>;
  /** Mode 0600. */
  writeFile(name: string, text: string): Promise<void>;
  removeFile(name: string): Promise<void>;
}

/** How a machine is locked. */
export interface LockOptions {
  /** Makes the folder when it is missing. */
  readonly create: boolean;
  /** The folder may be that of a machine of docker-machine, which becomes one of ours. */
  readonly takeOver?: boolean;
  /** Milliseconds. */
  readonly timeout: number;
  readonly signal: AbortSignal;
}

/** What is known of a machine without locking it. */
export type StoredMachine =
  | { readonly name: string; readonly path: string; readonly record: MachineRecord }
  /** A folder whose record cannot be used: why, in one sentence. */
  | { readonly name: string; readonly path: string; readonly fault: string };

/** All machines of a user: `~/.tcompose`, or TCOMPOSE_HOME. */
export interface MachineStore {
  /** Absolute path of the store. */
  readonly path: string;
  /** Names this store in tags: random, made once. */
  id(): Promise<string>;
  list(): Promise<readonly StoredMachine[]>;
  /** Names of machines that docker-machine has made in this store, and that nobody has taken over yet. */
  oldMachines(): Promise<readonly string[]>;
  /** Throws `not-found`, with what may have been meant. */
  get(name: string): Promise<StoredMachine>;
  /**
   * Runs work with the machine's folder locked against other processes; the lock ends with the process. `create`:
   * the folder is made when it is missing, else its absence is `not-found`. Waits for the lock as long as `timeout`
   * says (milliseconds) and then throws `locked`, naming who holds it.
   */
  withMachine<T>(
    name: string,
    options: LockOptions,
    work: (folder: MachineFolder) => Promise<T>,
  ): Promise<T>;
  /** Removes a machine's folder, while it is locked. */
  remove(folder: MachineFolder): Promise<void>;
  /** Moves a machine's folder, whose record cannot be read, out of the way; resolves with where it lies then. */
  setAside(folder: MachineFolder): Promise<string>;
  /** Throws `store` when nothing can be written here: asked before anything remote happens. */
  checkWritable(): Promise<void>;
  /** What machines that were removed by force may have left. */
  leftovers(): Promise<readonly Leftover[]>;
  /** Changes that list, one process at a time. */
  changeLeftovers(
    change: (leftovers: readonly Leftover[]) => readonly Leftover[],
    signal: AbortSignal,
  ): Promise<void>;
  /** This computer as firewalls know it that machines of the store share. */
  readonly caller: Caller;
}
