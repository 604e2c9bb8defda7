/** Thrown or used as abort reason when the user or the system asks the process to stop. */
export class Interrupted extends Error {
  readonly signalName: string;

  constructor(signalName: string) {
    super(`interrupted by ${signalName}`);
    this.name = 'Interrupted';
    this.signalName = signalName;
  }
}

/** Called for every interrupt while registered; `count` is 1 for the first one since registration. */
export type InterruptHandler = (signalName: string, count: number) => void;

/**
 * Who reacts to SIGINT and SIGTERM. By default the first aborts the session's signal and the second
 * ends the process; a command that stops gracefully (attached `up`) takes over for a while.
 */
export class Interrupts {
  readonly #controller = new AbortController();
  readonly #handlers: { readonly handler: InterruptHandler; count: number }[] = [];
  readonly #end: (signalName: string) => void;

  constructor(end: (signalName: string) => void) {
    this.#end = end;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Delivers an interrupt to the newest handler. */
  deliver(signalName: string): void {
    const top = this.#handlers.at(-1);
    if (top !== undefined) {
      top.count += 1;
      top.handler(signalName, top.count);
    } else if (this.#controller.signal.aborted) {
      this.#end(signalName);
    } else {
      this.#controller.abort(new Interrupted(signalName));
    }
  }

  /** Registers a handler until the returned object is disposed. */
  take(handler: InterruptHandler): Disposable {
    const entry = { handler, count: 0 };
    this.#handlers.push(entry);
    return {
      [Symbol.dispose]: () => {
        const at = this.#handlers.indexOf(entry);
        if (at >= 0) this.#handlers.splice(at, 1);
      },
    };
  }
}
