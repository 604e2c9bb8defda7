import type { Duplex, Readable, Writable } from 'node:stream';

/** How a host is reached over SSH, everything resolved: flags, machine record, `~/.ssh/config`. */
export interface SshTarget {
  /** For messages: the machine's name or what the user typed. */
  readonly title: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Private keys in the order in which they are tried. */
  readonly keyPaths: readonly string[];
  /** Certificates of keys, which only `ssh` itself can show (`CertificateFile`). */
  readonly certificates?: readonly string[];
  /** True: only these keys, nothing an agent offers (`IdentitiesOnly`). */
  readonly onlyTheseKeys: boolean;
  /** Socket of an agent; absent: none is asked. */
  readonly agentSocket?: string;
  /** Files in which host keys are looked up; new ones are added to the first. */
  readonly knownHosts: readonly string[];
  /** File with keys that no host may show (`RevokedHostKeys`). */
  readonly revokedKeys?: string;
  /** Name under which the host key is known, if not the address (`HostKeyAlias`). */
  readonly hostKeyAlias?: string;
  /** How `ssh` is called to reach the same host, for hints. */
  readonly command?: string;
  /** What to do with a key that nobody has seen before. A changed key is always refused. */
  readonly newHostKey: 'accept' | 'refuse' | 'ask';
  /** Hosts to go through, the first one first (`ProxyJump`). */
  readonly jumps: readonly SshTarget[];
  /** Command whose input and output are the connection (`ProxyCommand`). */
  readonly proxyCommand?: string;
  /** What helps when no key is accepted, where that is known. */
  readonly howIn?: string;
  /** Milliseconds. */
  readonly connectTimeout: number;
  /** Milliseconds of silence after which the host is asked for a sign of life; 0: never (`ServerAliveInterval`). */
  readonly aliveInterval?: number;
  /** Questions that may stay unanswered (`ServerAliveCountMax`). */
  readonly aliveCount?: number;
}

export interface RunOptions {
  readonly input?: string | Uint8Array | Readable;
  readonly signal: AbortSignal;
  /** Milliseconds after which the command is ended and the call fails; absent: none. */
  readonly timeout?: number;
  /** Called with output as it comes; it is collected as well, up to a few megabytes. */
  readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
  readonly env?: Readonly<Record<string, string>>;
}

export interface RunResult {
  /** Exit code; 128 + number for a signal. */
  readonly code: number;
  readonly signalName?: string;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ShellOptions {
  /** Words of a command; none: a login shell. Joined with blanks as ssh does, not quoted. */
  readonly words: readonly string[];
  readonly tty: boolean;
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  readonly signal: AbortSignal;
  readonly size?: () => { readonly columns: number; readonly rows: number };
  /** Calls back when the size changes; the result takes that back. */
  readonly onResize?: (listener: () => void) => () => void;
}

/** A file or directory that is copied, in bytes. */
export interface TransferProgress {
  readonly path: string;
  readonly done: number;
  readonly total: number;
}

/**
 * A host with one connection to it, over which everything goes: commands, files, forwards. It is opened when it is
 * first needed, kept alive, and opened again after a loss (what was running then fails with `connection-lost`).
 * Failures are MachineErrors: `unreachable`, `auth`, `host-key`, `timeout`, `connection-lost`.
 */
export interface SshHost {
  readonly target: SshTarget;
  /** Opens the connection now; else the first call does. */
  connect(signal: AbortSignal): Promise<void>;
  /** Runs a program with arguments, which reach it exactly as they are. A code that is not 0 is no error. */
  run(argv: readonly string[], options: RunOptions): Promise<RunResult>;
  /** An interactive session, or a command with the streams of this process; resolves with the exit code. */
  shell(options: ShellOptions): Promise<number>;
  /** Writes a file with SFTP, atomically (temporary name, then rename), with exactly this mode. */
  writeFile(
    path: string,
    content: string | Uint8Array,
    options: { readonly mode: number; readonly signal: AbortSignal },
  ): Promise<void>;
  readFile(path: string, signal: AbortSignal): Promise<Uint8Array>;
  /** Copies a local file or directory to the host. */
  upload(from: string, to: string, options: TransferOptions): Promise<void>;
  download(from: string, to: string, options: TransferOptions): Promise<void>;
  /** A stream to a unix socket on the host, or to an address that it reaches. */
  forward(
    to: { readonly socket: string } | { readonly host: string; readonly port: number },
    signal: AbortSignal,
  ): Promise<Duplex>;
  close(): void;
}

/** A host whose programs can be talked to as well. */
export interface SshStreams extends SshHost {
  /** Standard input and output of a program; ends with it. */
  stream(argv: readonly string[], signal: AbortSignal): Promise<Duplex>;
}

export interface TransferOptions {
  readonly recursive: boolean;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: TransferProgress) => void;
}
