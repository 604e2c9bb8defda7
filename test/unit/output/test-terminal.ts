/**
 * What a terminal shows after the sequences that the live display writes; it wraps long lines again
 * when its width changes, as most terminals do. Knows no scrolling: give it enough rows.
 */
export class TestTerminal {
  columns: number;
  rows: number;
  cursorHidden = false;
  writes = 0;
  readonly listeners = new Set<() => void>();
  #screen: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  on(_event: 'resize', listener: () => void): void {
    this.listeners.add(listener);
  }

  off(_event: 'resize', listener: () => void): void {
    this.listeners.delete(listener);
  }

  /** The screen without empty lines at its end. */
  text(): string {
    return this.#screen.join('\n').replace(/\n+$/, '');
  }

  write(text: string): void {
    this.writes += 1;
    for (const [part] of text.matchAll(/\u001B\[[?\d;]*[A-Za-z]|\n|\r|[^\u001B\n\r]+/g)) {
      this.#take(part);
    }
  }

  resize(columns: number, rows: number): void {
    const wrap = (line: string): string[] =>
      line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? [line];
    const before = this.#screen.slice(0, this.#row).flatMap(wrap);
    this.#screen = [...before, ...this.#screen.slice(this.#row).flatMap(wrap)];
    this.#row = before.length;
    this.columns = columns;
    this.rows = rows;
    for (const listener of this.listeners) listener();
  }

  #take(part: string): void {
    const line = this.#screen[this.#row] ?? '';
    const up = /^\u001B\[(\d+)A$/.exec(part)?.[1];
    if (up !== undefined) this.#row = Math.max(this.#row - Number(up), 0);
    else if (part === '\n') this.#newline();
    else if (part === '\r') this.#column = 0;
    else if (part === '\u001B[K') this.#screen[this.#row] = line.slice(0, this.#column);
    else if (part === '\u001B[J') {
      this.#screen.length = this.#row + 1;
      this.#screen[this.#row] = line.slice(0, this.#column);
    } else if (part === '\u001B[?25l') this.cursorHidden = true;
    else if (part === '\u001B[?25h') this.cursorHidden = false;
    else if (part.startsWith('\u001B[?2026')) return;
    else if (part.startsWith('\u001B')) throw new Error(`unknown sequence ${JSON.stringify(part)}`);
    else {
      const after = line.slice(this.#column + part.length);
      this.#screen[this.#row] = line.slice(0, this.#column).padEnd(this.#column) + part + after;
      this.#column += part.length;
    }
  }

  #newline(): void {
    this.#row += 1;
    this.#column = 0;
    while (this.#screen.length <= this.#row) this.#screen.push('');
  }
}
