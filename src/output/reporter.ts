import type { ProgressEvent } from '../engine/event.ts';

/** Shows what happens while a plan runs. */
export interface Reporter {
  report(event: ProgressEvent): void;
  /** Leaves the terminal as it was found; called once, also after failures. */
  close(): void;
}

/** Says nothing. */
export const quietReporter: Reporter = { report: () => {}, close: () => {} };
