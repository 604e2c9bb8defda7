import type { Clock } from '../../foundation/clock.ts';
import { MachineError } from '../machine-error.ts';

/** Fewer than sshd's MaxSessions, which is 10. */
const SESSIONS = 8;

/** How often to ask a server again that refuses although nothing runs, and the first pause in milliseconds. */
const TRIES = 6;
const PAUSE = 20;

/** Bounds what uses a session of a connection at a time; the server may allow fewer than expected. */
export class Sessions {
  readonly #title: string;
  readonly #clock: Clock;
  readonly #makeRoom: () => void;
  #limit = SESSIONS;
  #used = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param makeRoom is called before somebody waits: what is open without being used can be released then */
  constructor(title: string, clock: Clock, makeRoom: () => void) {
    this.#title = title;
    this.#clock = clock;
    this.#makeRoom = makeRoom;
  }

  /** Whether somebody waits for a session. */
  get awaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** Opens a session as soon as one is free. The caller ends it with `release`. */
  async open<T>(open: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (let alone = 0; ;) {
      await this.#take(signal);
      try {
        return await open();
      } catch (error) {
        this.release();
        if (!isShortage(error)) throw error;
        // Others have all that the server allows: wait for one of them.
        if (this.#used > 0) this.#limit = this.#used;
        else {
          // The server may not have noticed yet that the last ones are over.
          alone += 1;
          if (alone > TRIES) throw this.#refused(error);
          await this.#clock.sleep(PAUSE * 2 ** alone, signal);
        }
      }
    }
  }

  release(): void {
    this.#used -= 1;
    this.#waiting.shift()?.();
  }

  #refused(cause: unknown): MachineError {
    return new MachineError('failed', `the sshd of ${this.#title} opens no sessions for commands`, {
      host: this.#title,
      hint: 'See MaxSessions in /etc/ssh/sshd_config on the host: it has to be 1 at least.',
      cause,
    });
  }

  async #take(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    while (this.#used >= this.#limit) {
      await new Promise<void>((resolve, reject) => {
        const wake = (): void => {
          signal.removeEventListener('abort', abort);
          resolve();
        };
        const abort = (): void => {
          const at = this.#waiting.indexOf(wake);
          if (at >= 0) this.#waiting.splice(at, 1);
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', abort, { once: true });
        this.#waiting.push(wake);
        this.#makeRoom();
      });
    }
    this.#used += 1;
  }
}

function isShortage(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('(SSH) Channel open failure');
}
