import { menuLines } from '../output/menu-line.ts';
import { MenuScreen } from '../output/menu-screen.ts';
import { readKeys } from './raw-mode.ts';
import type { Session, TextStream } from './session.ts';

export interface UpMenuOptions {
  readonly color: boolean;
  /** Whether files are watched now. */
  readonly isWatching: () => boolean;
  readonly onWatch: () => void;
  readonly onDetach: () => void;
}

/** How long a notice stays, in milliseconds. */
const NOTICE_TIME = 10_000;
/** After so many milliseconds a process that was to be stopped was not. */
const NOT_STOPPED = 200;

/** The menu under the output of an attached `up`: single keys, as long as it is open. */
export class UpMenu implements Disposable {
  /** The session whose output goes above the menu. */
  readonly session: Session;
  readonly #outer: Session;
  readonly #options: UpMenuOptions;
  readonly #screen: MenuScreen;
  #raw: Disposable | undefined;
  #notice: string | undefined;
  #over = false;
  #forgetExit: (() => void) | undefined;
  readonly #onKeys = (chunk: Buffer | string): void => {
    for (const key of chunk.toString()) this.#press(key);
  };

  constructor(session: Session, options: UpMenuOptions) {
    this.#outer = session;
    this.#options = options;
    this.#screen = new MenuScreen(session.stdout, (columns) =>
      menuLines(
        {
          items: [
            { key: 'w', label: options.isWatching() ? 'Disable Watch' : 'Enable Watch' },
            { key: 'd', label: 'Detach' },
          ],
          notice: this.#notice,
        },
        { columns, color: options.color },
      ),
    );
    const above = (stream: TextStream): TextStream =>
      stream.isTTY === true ? streamAbove(this.#screen, stream) : stream;
    this.session = { ...session, stdout: above(session.stdout), stderr: above(session.stderr) };
  }

  /** Shows the menu and takes the keyboard. */
  open(): void {
    if (this.#raw !== undefined || this.#over) return;
    const { stdin, onExit } = this.#outer;
    this.#forgetExit = onExit?.(() => {
      this.close();
    });
    this.#raw = readKeys(this.#outer);
    stdin.on('data', this.#onKeys);
    stdin.resume();
    this.#screen.open();
  }

  /** Gives the keyboard back and takes the menu away; output goes on. */
  close(): void {
    if (this.#raw === undefined) return;
    const { stdin } = this.#outer;
    this.#forgetExit?.();
    stdin.off('data', this.#onKeys);
    stdin.pause();
    stdin.unref?.();
    this.#raw[Symbol.dispose]();
    this.#raw = undefined;
    this.#screen.close();
  }

  [Symbol.dispose](): void {
    this.#over = true;
    this.close();
  }

  /** Draws the menu again after what it shows has changed. */
  update(): void {
    this.#screen.update();
  }

  /** Shows a sentence above the menu for a while. */
  notice(text: string): void {
    this.#notice = text;
    this.update();
    setTimeout(() => {
      if (this.#notice === text) this.#notice = undefined;
      this.update();
    }, NOTICE_TIME).unref();
  }

  #press(key: string): void {
    switch (key) {
      case '\u0003':
        this[Symbol.dispose]();
        this.#outer.interrupts.deliver('SIGINT');
        return;
      case '\u001A':
        this.#suspend();
        return;
      case '\r':
      case '\n':
        this.#screen.write('\n');
        return;
      case 'w':
        this.#options.onWatch();
        return;
      case 'd':
        this[Symbol.dispose]();
        this.#options.onDetach();
        return;
      default:
    }
  }

  /** Ctrl-Z: the shell gets its terminal as it was; the menu comes back when the process goes on. */
  #suspend(): void {
    this.close();
    let resumed = false;
    const resume = (): void => {
      if (resumed) return;
      resumed = true;
      continued?.[Symbol.dispose]();
      this.open();
    };
    const continued = this.#outer.onSignals?.(['SIGCONT'], resume);
    process.kill(0, 'SIGTSTP');
    setTimeout(resume, NOT_STOPPED).unref();
  }
}

function streamAbove(screen: MenuScreen, stream: TextStream): TextStream {
  return {
    write: (data, written) => {
      screen.write(typeof data === 'string' ? data : Buffer.from(data).toString('utf8'));
      written?.();
      return true;
    },
    isTTY: true,
    get columns() {
      return stream.columns ?? 0;
    },
    get rows() {
      return stream.rows ?? 0;
    },
    on: (event, listener) => stream.on?.(event, listener),
    off: (event, listener) => stream.off?.(event, listener),
  };
}
