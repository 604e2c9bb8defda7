import { LiveArea, type TerminalStream } from './tty-screen.ts';

/** Keeps lines at the bottom of a terminal while other output scrolls by above them. */
export class MenuScreen {
  readonly #stream: TerminalStream;
  readonly #area: LiveArea;
  readonly #lines: (columns: number) => readonly string[];
  readonly #draw = (): void => {
    this.#area.draw(this.#lines(this.#area.size.columns));
  };
  /** Output after the last line break: it waits for its end. */
  #rest = '';
  #open = false;

  constructor(stream: TerminalStream, lines: (columns: number) => readonly string[]) {
    this.#stream = stream;
    this.#area = new LiveArea(stream);
    this.#lines = lines;
  }

  open(): void {
    if (this.#open) return;
    this.#open = true;
    this.#stream.on?.('resize', this.#draw);
    this.#draw();
  }

  /** Draws the lines again after they changed. */
  update(): void {
    if (this.#open) this.#draw();
  }

  /** Writes above the lines. */
  write(text: string): void {
    if (!this.#open) {
      this.#stream.write(text);
      return;
    }
    const all = this.#rest + text;
    const end = all.lastIndexOf('\n') + 1;
    this.#rest = all.slice(end);
    if (end > 0) this.#area.draw(this.#lines(this.#area.size.columns), all.slice(0, end));
  }

  /** Takes the lines off the terminal. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#stream.off?.('resize', this.#draw);
    this.#area.draw([]);
    this.#area.release();
    if (this.#rest !== '') this.#stream.write(this.#rest);
    this.#rest = '';
  }
}
