import type { ProgressEvent } from '../engine/event.ts';
import { painter } from './paint.ts';
import type { Reporter } from './reporter.ts';
import { FRAME_TIME } from './tty-bar.ts';
import { frameLines } from './tty-frame.ts';
import { LiveArea, type TerminalStream } from './tty-screen.ts';
import { ProgressState } from './tty-state.ts';

export interface TtyOptions {
  /** What is going on, for the head line: `up`, `down`. */
  readonly title: string;
  readonly color: boolean;
  /** Milliseconds that only go up. */
  readonly now: () => number;
  /** Calls `tick` again and again, `milliseconds` apart, until the returned function is called. */
  readonly every: (milliseconds: number, tick: () => void) => () => void;
  /** Calls `listener` when the process exits, unless the returned function was called before. */
  readonly onExit: (listener: () => void) => () => void;
}

/**
 * Draws on a terminal what is being worked on, one line for each resource, and keeps it up to date:
 * ten times a second, and whenever something comes to its end. Messages scroll by above.
 */
export function ttyReporter(stream: TerminalStream, options: TtyOptions): Reporter {
  return new TtyReporter(stream, options);
}

class TtyReporter implements Reporter {
  readonly #stream: TerminalStream;
  readonly #options: TtyOptions;
  readonly #area: LiveArea;
  readonly #state = new ProgressState();
  #started: number | undefined;
  #suspensions = 0;
  #closed = false;
  /** Output of containers scrolls by above. */
  #beside = false;
  #stop: (() => void) | undefined;

  constructor(stream: TerminalStream, options: TtyOptions) {
    this.#stream = stream;
    this.#options = options;
    this.#area = new LiveArea(stream);
  }

  report(event: ProgressEvent): void {
    if (event.type === 'message') {
      this.#say(event);
      return;
    }
    if (this.#closed) return;
    const now = this.#options.now();
    this.#begin(now);
    if (this.#state.apply(event.progress, now)) this.#draw();
  }

  readonly above = (text: string): void => {
    this.#beside = true;
    this.#put(text);
  };

  suspend(): void {
    this.#suspensions += 1;
    if (this.#suspensions > 1 || this.#closed) return;
    this.#area.draw([]);
    this.#area.release();
  }

  resume(): void {
    this.#suspensions -= 1;
    this.#draw();
  }

  close(): void {
    if (this.#closed) return;
    this.#suspensions = 0;
    this.#draw(true);
    this.#closed = true;
    this.#area.release();
    this.#stop?.();
  }

  /** Time runs from the first report on. */
  #begin(now: number): void {
    if (this.#started !== undefined) return;
    this.#started = now;
    const draw = (): void => {
      this.#draw();
    };
    const stopTimer = this.#options.every(FRAME_TIME, draw);
    const stopExit = this.#options.onExit(() => {
      this.close();
    });
    this.#stream.on?.('resize', draw);
    this.#stop = () => {
      stopTimer();
      stopExit();
      this.#stream.off?.('resize', draw);
    };
  }

  #say({ level, text }: Extract<ProgressEvent, { type: 'message' }>): void {
    const paint = painter(this.#options.color);
    this.#put(level === 'warning' ? `${paint(33, 'warning:')} ${text}\n` : `${text}\n`);
  }

  #put(lines: string): void {
    if (this.#closed || this.#suspensions > 0) this.#stream.write(lines);
    else this.#area.draw(this.#frame(), lines);
  }

  #draw(final = false): void {
    if (this.#closed || this.#suspensions > 0) return;
    this.#area.draw(this.#frame(final));
  }

  #frame(final = false): string[] {
    const { resources } = this.#state;
    if (this.#started === undefined || resources.length === 0) return [];
    const { columns, rows } = this.#area.size;
    return frameLines(resources, {
      title: this.#options.title,
      color: this.#options.color,
      columns,
      rows: this.#beside && !final ? Math.floor(rows / 2) : rows,
      now: this.#options.now(),
      started: this.#started,
      final,
    });
  }
}
