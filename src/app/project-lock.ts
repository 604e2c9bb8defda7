import type { LockHolder } from '../foundation/lock-holder.ts';
import { takeSocketLock, type SocketLock } from '../foundation/socket-lock.ts';
import { CommandFailure } from './failure.ts';

/** Which project, on which engine. */
export interface LockedProject {
  /** Address of the engine. */
  readonly engine: string;
  readonly name: string;
}

export interface LockOptions {
  readonly holder: LockHolder;
  /** Milliseconds; undefined: as long as it takes, 0: not at all. */
  readonly timeout: number | undefined;
  /** Called once, with what is waited for, before waiting begins. */
  readonly onWait: (holder: string) => void;
  readonly signal: AbortSignal;
}

/** Held until it is released, or until the process ends in whatever way. */
export type ProjectLock = SocketLock;

/**
 * Keeps other processes of this machine from changing the same project on the same engine, as
 * {@link takeSocketLock} does.
 *
 * @throws CommandFailure that names the holder when the time is over; the signal's reason
 */
export function lockProject(project: LockedProject, options: LockOptions): Promise<ProjectLock> {
  const thing = { kind: 'project', key: `${project.engine}\0${project.name}` };
  return takeSocketLock(thing, { ...options, timedOut: (holder) => timedOut(project, holder) });
}

function timedOut({ name }: LockedProject, holder: string): CommandFailure {
  return new CommandFailure(
    `project ${name} is being changed by ${holder}`,
    'wait until it is done (--lock-timeout says how long to), end it, or go on beside it with --lock=false',
  );
}
