import { userInfo } from 'node:os';
import { parseDuration } from '../foundation/duration.ts';
import type { Plan, Step } from '../scheduler/plan.ts';
import type { OnEvent } from '../engine/event.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { lockProject, type ProjectLock } from './project-lock.ts';
import type { Session } from './session.ts';

/** Steps that another run must not see half done; starting and waiting harm nobody. */
const CHANGES: ReadonlySet<Step['action']['kind']> = new Set([
  'create-network',
  'remove-network',
  'connect-network',
  'disconnect-network',
  'create-volume',
  'remove-volume',
  'create-container',
  'rename-container',
  'stop-container',
  'remove-container',
]);

/**
 * The project lock of one operation: taken before the engine is looked at, given back when what was
 * planned from that look is done. Health checks and output of containers are waited for without it.
 */
export class OperationLock {
  readonly #session: Session;
  readonly #global: GlobalOptions;
  readonly #command: string;
  readonly #tell: OnEvent;
  #held: ProjectLock | undefined;

  constructor(
    given: { readonly session: Session; readonly global: GlobalOptions; readonly tell: OnEvent },
    command: string,
  ) {
    this.#session = given.session;
    this.#global = given.global;
    this.#tell = given.tell;
    this.#command = `${given.session.programName} ${command}`;
  }

  /**
   * Takes the lock of a project, unless flags say not to.
   *
   * @throws CommandFailure that names the holder when it cannot be had in time
   */
  async take(engine: string, project: string): Promise<void> {
    if (this.#held !== undefined || !this.#global.lock) return;
    this.#held = await lockProject(
      { engine, name: project },
      {
        holder: {
          process: process.pid,
          user: userName(),
          command: this.#command,
          since: Date.now(),
        },
        timeout: lockTimeout(this.#session, this.#global),
        onWait: (holder) => {
          const text = `project ${project} is being changed by ${holder}: waiting until it is done`;
          this.#tell({ type: 'message', level: 'info', text });
        },
        signal: this.#session.signal,
      },
    );
  }

  release(): void {
    this.#held?.release();
    this.#held = undefined;
  }

  /** Called with each step that was done; gives the lock back after the last that needs it. */
  releaseAfter(plan: Plan): (step: Step) => void {
    const left = new Set(plan.steps.filter(isChange).map(({ id }) => id));
    if (left.size === 0) this.release();
    return ({ id }) => {
      if (left.delete(id) && left.size === 0) this.release();
    };
  }
}

/** A one-off stands beside everything else, and is made after health was waited for. */
function isChange({ action }: Step): boolean {
  if (action.kind === 'create-container' && action.oneOff !== undefined) return false;
  return CHANGES.has(action.kind);
}

/** Milliseconds; undefined: without end. */
function lockTimeout(session: Session, global: GlobalOptions): number | undefined {
  const text = global.lockTimeout ?? session.env['TCOMPOSE_LOCK_TIMEOUT'] ?? '';
  if (text === '') return undefined;
  const parsed = parseDuration(text);
  if (!parsed.ok || parsed.nanoseconds < 0) {
    throw new CommandFailure(
      `invalid lock timeout ${JSON.stringify(text)}`,
      'write a duration such as 30s or 2m, or 0 to fail at once',
    );
  }
  return parsed.nanoseconds / 1e6;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
