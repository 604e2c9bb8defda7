import type { LogEvent, LogSource } from '../engine/logs/log-event.ts';
import { unreachable } from '../foundation/unreachable.ts';

export interface LogStyle {
  readonly color: boolean;
  /** Whether the name of the container stands before each line. */
  readonly prefix: boolean;
  /** Whether the time stands before each line. */
  readonly timestamps: boolean;
  /** Clears a half-drawn line of a terminal before status lines. */
  readonly terminal: boolean;
  /** Whether lines about the watch of files will come, so that the column for names fits from the start. */
  readonly notes?: boolean;
}

export interface LogStreams {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/** Colours in the order in which containers get them: cyan, yellow, green, magenta, blue, then bold. */
const COLORS = ['36', '33', '32', '35', '34', '36;1', '33;1', '32;1', '35;1', '34;1'];

/** Lines about the watch of files: bright green, behind a column as wide as for a name of six letters. */
const WATCH_COLOR = '92';
const WATCH_WIDTH = 7;

const CLEAR_LINE = '\r\u001B[K';

interface Presenter {
  readonly name: string;
  readonly color: string;
}

/**
 * Prints output of many containers, each line behind the padded, coloured name of its container.
 * Colours are given in the order in which containers appear; the width grows with longer names.
 */
export class LogPrinter {
  readonly #style: LogStyle;
  readonly #streams: LogStreams;
  readonly #now: () => string;
  readonly #presenters = new Map<string, Presenter>();
  #width = 0;

  /** `now` gives the time of lines that bring none: RFC 3339 with nanoseconds. */
  constructor(style: LogStyle, streams: LogStreams, now: () => string) {
    this.#style = style;
    this.#streams = streams;
    this.#now = now;
    if (style.notes === true) this.#width = WATCH_WIDTH;
  }

  /** Prints one event; events that have nothing to show are passed over. */
  print(event: LogEvent): void {
    switch (event.type) {
      case 'sources':
        for (const source of event.sources) this.#presenter(source.name);
        return;
      case 'line': {
        const write = event.stream === 'stderr' ? this.#streams.err : this.#streams.out;
        const time = this.#style.timestamps ? `${event.timestamp ?? this.#now()} ` : '';
        write(`${this.#prefix(event.source)}${time}${event.line}\n`);
        return;
      }
      case 'exited': {
        const again = event.restarting ? ' (restarting)' : '';
        this.#status(event.source.name, `exited with code ${event.exitCode}${again}`);
        return;
      }
      case 'recreated':
        this.#status(event.replaces, 'has been recreated');
        return;
      case 'warning':
        this.#streams.err(`warning: ${event.source.name}: ${event.text}\n`);
        return;
      case 'created':
      case 'started':
      case 'health':
      case 'removed':
        return;
      default:
        unreachable(event);
    }
  }

  /** Prints lines about the watch of files, marked so that no container seems to have written them. */
  note(text: string): void {
    this.#width = Math.max(this.#width, WATCH_WIDTH);
    const mark = `${' '.repeat(this.#width)} \u29BF `;
    const prefix = this.#style.prefix ? this.#colored(WATCH_COLOR, mark) : '';
    const time = this.#style.timestamps ? `${this.#now()} ` : '';
    for (const line of text.split('\n')) this.#streams.out(`${prefix}${time}${line}\n`);
  }

  #status(name: string, text: string): void {
    const line = `${this.#style.terminal ? CLEAR_LINE : ''}${name} ${text}\n`;
    this.#streams.out(this.#paint(this.#presenter(name), line));
  }

  #prefix(source: LogSource): string {
    if (!this.#style.prefix) return '';
    const presenter = this.#presenter(source.name);
    return this.#paint(presenter, `${presenter.name.padEnd(this.#width)} | `);
  }

  #paint({ color }: Presenter, text: string): string {
    return this.#colored(color, text);
  }

  #colored(color: string, text: string): string {
    return this.#style.color ? `\u001B[${color}m${text}\u001B[0m` : text;
  }

  #presenter(name: string): Presenter {
    let presenter = this.#presenters.get(name);
    if (presenter === undefined) {
      const color = COLORS[this.#presenters.size % COLORS.length] ?? '0';
      presenter = { name, color };
      this.#presenters.set(name, presenter);
      this.#width = Math.max(this.#width, name.length + 1);
    }
    return presenter;
  }
}
