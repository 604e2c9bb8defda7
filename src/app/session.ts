import type { Engine } from '../engine/engine.ts';
import type { Interrupts } from './interrupts.ts';
import type { ReaderLoss } from './reader-loss.ts';
import type { RemoteFile } from '../compose/files.ts';

/** Where output goes: a terminal, a pipe or a test's buffer. */
export interface TextStream {
  write(data: string | Uint8Array, written?: (error?: Error | null) => void): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

/** A connection that was begun before it was asked for. */
export interface EarlyEngine {
  /** The connection, for the first who asks. */
  take(): Promise<Engine> | undefined;
  /** Closes it when nobody asked. */
  close(): void;
}

/** The process a command runs in, handed down so that nothing below reads globals. */
export interface Session {
  /** Environment of the process; COMPOSE_* keys of a project's .env are added by the loader. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute working directory. */
  readonly cwd: string;
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  readonly stdin: NodeJS.ReadStream;
  /** Aborted by the first interrupt, unless a command handles interrupts itself. */
  readonly signal: AbortSignal;
  readonly interrupts: Interrupts;
  /** Calls the listener for these signals, whose usual effect is suspended until the disposal. */
  readonly onSignals?: (
    names: readonly NodeJS.Signals[],
    listener: (signalName: NodeJS.Signals) => void,
  ) => Disposable;
  /** Absent where output cannot lose its reader. */
  readonly readerLoss?: ReaderLoss;
  /** Calls the listener when the process exits; the returned function takes that back. */
  readonly onExit?: (listener: () => void) => () => void;
  /** Compose files of other places that this command has fetched, by reference. */
  readonly remoteFiles?: Map<string, RemoteFile>;
  /** Begun for commands that always need the engine. */
  readonly earlyEngine?: EarlyEngine | undefined;
  /** Version of tcompose, without a leading `v`. */
  readonly version: string;
  /** Path by which this program can be started, if it has one of its own. */
  readonly executable?: string | undefined;
  /** The word users type: `tcompose`, `docker compose`, `docker-compose`. */
  readonly programName: string;
}

/** A session with other parts. What is made when somebody asks for it, as stdin is, is not asked for here. */
export function sessionWith(session: Session, changes: Partial<Session>): Session {
  const parts = Object.getOwnPropertyDescriptors(session);
  return Object.defineProperties({} as Session, {
    ...parts,
    ...Object.getOwnPropertyDescriptors(changes),
  });
}
