/** Exit code of what SIGPIPE ends, as Unix tools have it and Compose too. */
export const READER_LOST = 141;

/**
 * What happens when nobody reads standard output any more (`| head -1`): the process ends, as other
 * programs do, but never in the middle of work on an engine.
 */
export class ReaderLoss {
  readonly #end: () => void;
  #working = 0;
  #lost = false;

  /** @param end ends the process */
  constructor(end: () => void) {
    this.#end = end;
  }

  /** Called when a write found no reader. */
  lost(): void {
    this.#lost = true;
    this.#endUnlessWorking();
  }

  /** Does work that is finished in any case. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#working += 1;
    try {
      return await work();
    } finally {
      this.#working -= 1;
      this.#endUnlessWorking();
    }
  }

  #endUnlessWorking(): void {
    if (this.#lost && this.#working === 0) this.#end();
  }
}
