const MAXIMUM_LINES = 10;
const MAXIMUM_BYTES = 2048;

/** Keeps the end of what a process wrote, for the message of its failure. */
export class OutputTail {
  #text = '';

  /** Takes more output. */
  write(text: string): void {
    this.#text = (this.#text + text).slice(-2 * MAXIMUM_BYTES);
  }

  /** At most ten lines and two kilobytes, without blank space around. */
  toString(): string {
    return this.#text.slice(-MAXIMUM_BYTES).trim().split('\n').slice(-MAXIMUM_LINES).join('\n');
  }
}
