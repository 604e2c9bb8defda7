/** What went wrong with a machine, as far as it makes a difference to what the user should do. */
export type MachineErrorKind =
  | 'invalid'
  | 'not-found'
  | 'already-exists'
  /** Somebody else works on the machine or the store. */
  | 'locked'
  /** The store is of a newer version, broken or cannot be written. */
  | 'store'
  /** A check before creation failed; nothing was made. Exit code 3. */
  | 'pre-create'
  | 'unreachable'
  | 'auth'
  | 'host-key'
  | 'timeout'
  | 'connection-lost'
  /** A command on the host failed. */
  | 'command'
  | 'provision'
  | 'wrong-state'
  | 'failed';

export interface MachineErrorDetails {
  /** What would help, as one sentence or a command. */
  readonly hint?: string;
  readonly host?: string;
  /** What was being done: `wait for SSH`. */
  readonly step?: string;
  /** Of a login: ways to log in that only `ssh` itself can go, as SSH calls them. */
  readonly otherWays?: readonly string[];
  readonly cause?: unknown;
}

/** A failure of a machine or of the way to it. */
export class MachineError extends Error {
  override readonly name = 'MachineError';
  readonly kind: MachineErrorKind;
  readonly hint: string | undefined;
  readonly host: string | undefined;
  readonly step: string | undefined;
  readonly otherWays: readonly string[];

  constructor(kind: MachineErrorKind, message: string, details: MachineErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.hint = details.hint;
    this.host = details.host;
    this.step = details.step;
    this.otherWays = details.otherWays ?? [];
  }
}

/** True for an error of a machine of one of the given kinds. */
export function isMachineError(
  error: unknown,
  ...kinds: readonly MachineErrorKind[]
): error is MachineError {
  return error instanceof MachineError && (kinds.length === 0 || kinds.includes(error.kind));
}
