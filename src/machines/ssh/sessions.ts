/** Fewer than sshd's MaxSessions, which is 10. */
const SESSIONS = 8;

/** Bounds what uses a session of a connection at a time; the server may allow fewer than expected. */
export class Sessions {
  #limit = SESSIONS;
  #used = 0;
  readonly #waiting: (() => void)[] = [];

  /** Opens a session as soon as one is free. The caller ends it with `release`. */
  async open<T>(open: () => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      await this.#take(signal);
      try {
        return await open();
      } catch (error) {
        this.release();
        // Others have all that the server allows: wait for one of them.
        if (!isShortage(error) || this.#used === 0) throw error;
        this.#limit = Math.max(1, this.#used);
      }
    }
  }

  release(): void {
    this.#used -= 1;
    this.#waiting.shift()?.();
  }

  async #take(signal: AbortSignal): Promise<void> {
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
      });
    }
    signal.throwIfAborted();
    this.#used += 1;
  }
}

function isShortage(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('(SSH) Channel open failure');
}
