import { cellWidth } from './cell-width.ts';

/** The terminal that is drawn on. */
export interface TerminalStream {
  write(text: string): unknown;
  readonly columns?: number;
  readonly rows?: number;
  on?(event: 'resize', listener: () => void): unknown;
  off?(event: 'resize', listener: () => void): unknown;
}

const HIDE_CURSOR = '\u001B[?25l';
const SHOW_CURSOR = '\u001B[?25h';
/** Terminals that know it show all changes up to the end at once; others pass over it. */
const BEGIN_UPDATE = '\u001B[?2026h';
const END_UPDATE = '\u001B[?2026l';
const ERASE_LINE_END = '\u001B[K';
const ERASE_BELOW = '\u001B[J';

/**
 * Lines at the end of what a terminal shows that are drawn over and over; the cursor waits, hidden,
 * on the line below them. Only lines that changed are written.
 */
export class LiveArea {
  readonly #stream: TerminalStream;
  #lines: readonly string[] = [];
  #columns = 0;
  #hidden = false;

  constructor(stream: TerminalStream) {
    this.#stream = stream;
  }

  get size(): { readonly columns: number; readonly rows: number } {
    return { columns: this.#stream.columns || 80, rows: this.#stream.rows || 24 };
  }

  /** Replaces the lines; `above` is a text of whole lines that stays over them. */
  draw(lines: readonly string[], above = ''): void {
    const { columns } = this.size;
    const before = columns === this.#columns && above === '' ? this.#lines : [];
    const same = before.length === lines.length && lines.every((line, at) => line === before[at]);
    if (same && above === '') return;
    const changes = lines.map((line, at) =>
      line === before[at] ? '\n' : `${line}${ERASE_LINE_END}\n`,
    );
    const hide = this.#hidden || lines.length === 0 ? '' : HIDE_CURSOR;
    const start = this.#start() + (above === '' ? '' : ERASE_BELOW + above);
    // Also takes away what the user typed meanwhile, and lines that are not needed any more.
    this.#stream.write(
      `${BEGIN_UPDATE}${hide}${start}${changes.join('')}${ERASE_BELOW}${END_UPDATE}`,
    );
    this.#lines = lines;
    this.#columns = columns;
    this.#hidden ||= hide !== '';
  }

  /** Leaves the lines where they are; what follows is written below them. */
  release(): void {
    this.#lines = [];
    if (this.#hidden) this.#stream.write(SHOW_CURSOR);
    this.#hidden = false;
  }

  /** To the first line of the area. Terminals wrap what is too wide after they became narrower. */
  #start(): string {
    const { columns } = this.size;
    const rows = this.#lines.map((line) => Math.max(Math.ceil(visibleWidth(line) / columns), 1));
    const up = rows.reduce((sum, height) => sum + height, 0);
    return `\r${up === 0 ? '' : `\u001B[${up}A`}`;
  }
}

function visibleWidth(line: string): number {
  return cellWidth(line.replaceAll(/\u001B\[[0-9;]*m/g, ''));
}
