import type { ProgressEvent } from '../engine/event.ts';

/** Shows what happens while a plan runs. */
export interface Reporter {
  report(event: ProgressEvent): void;
  /** Takes what is drawn off the terminal while a builder draws or a question stands there; calls may nest. */
  suspend?(): void;
  resume?(): void;
  /** Shows whole lines of the output of containers over what is drawn, which makes room for them. */
  readonly above?: (text: string) => void;
  /** Leaves the terminal as it was found; called once, also after failures. */
  close(): void;
}

/** Says nothing. */
export const quietReporter: Reporter = { report: () => {}, close: () => {} };
