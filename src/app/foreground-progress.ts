import type { ProgressEvent } from '../engine/event.ts';
import type { Operation } from './operation.ts';
import { progressMode } from './progress.ts';

/**
 * Progress beside the output of containers. A live display would draw over the output, so it ends
 * when output begins, and only messages follow; lines and JSON go on until the work is done.
 */
export class ForegroundProgress {
  /** The operation whose events come here. */
  readonly operation: Operation;
  readonly #isLive: boolean;
  #ended = false;

  constructor(operation: Operation) {
    this.#isLive = progressMode(operation.session, operation.global) === 'tty';
    this.operation = {
      ...operation,
      onEvent: (event) => {
        this.#report(operation, event);
      },
    };
  }

  /** Called when the first line of output is about to be printed. */
  outputBegins(): void {
    if (this.#ended || !this.#isLive) return;
    this.#ended = true;
    this.operation.reporter.close();
  }

  #report({ session, reporter }: Operation, event: ProgressEvent): void {
    if (!this.#ended) reporter.report(event);
    else if (event.type === 'message') session.stderr.write(`${event.text}\n`);
  }
}
