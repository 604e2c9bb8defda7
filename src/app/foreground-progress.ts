import type { ProgressEvent } from '../engine/event.ts';
import type { Operation } from './operation.ts';
import { progressMode } from './progress.ts';
import type { Session, TextStream } from './session.ts';

/**
 * Progress beside the output of containers. A live display stays below the output until it is ended;
 * only messages follow then. Lines and JSON go on until the work is done.
 */
export class ForegroundProgress {
  /** The operation whose events come here. */
  readonly operation: Operation;
  /** Where output goes that may come while progress is shown. */
  readonly session: Session;
  readonly #isLive: boolean;
  #ended = false;

  constructor(operation: Operation) {
    const { session, global } = operation;
    this.#isLive = progressMode(session, global) === 'tty';
    this.operation = {
      ...operation,
      onEvent: (event) => {
        this.#report(operation, event);
      },
    };
    this.session = {
      ...session,
      stdout: this.#above(session.stdout),
      stderr: this.#above(session.stderr),
    };
  }

  /** Called when output has the terminal to itself from now on. */
  outputBegins(): void {
    if (this.#ended || !this.#isLive) return;
    this.#ended = true;
    this.operation.reporter.close();
  }

  #report({ session, reporter }: Operation, event: ProgressEvent): void {
    if (!this.#ended) reporter.report(event);
    else if (event.type === 'message') session.stderr.write(`${event.text}\n`);
  }

  /** What a stream of the same terminal is given stands above the display. */
  #above(stream: TextStream): TextStream {
    const { above } = this.operation.reporter;
    if (above === undefined || stream.isTTY !== true) return stream;
    return {
      isTTY: true,
      write: (data, written) => {
        if (this.#ended || typeof data !== 'string') return stream.write(data, written);
        above(data);
        written?.();
        return true;
      },
    };
  }
}
