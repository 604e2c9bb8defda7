import { messageOf } from '../engine/errors.ts';
import type { Watching, WatchOutput } from './watching.ts';

export interface WatchSwitchOptions {
  /** Opens a watch of the project's files. */
  readonly open: () => Promise<Watching>;
  readonly output: WatchOutput;
  /** Told after every change of `isOn`. */
  readonly onChange: () => void;
  /** Told why a watch could not begin, or ended by itself. */
  readonly onFault: (text: string) => void;
  /** Ends whatever is on, without a word. */
  readonly signal: AbortSignal;
}

/** A watch of files that can be switched on and off. */
export class WatchSwitch {
  readonly #options: WatchSwitchOptions;
  #stop: AbortController | undefined;
  /** What was begun last; never rejects. */
  #run: Promise<void> = Promise.resolve();

  constructor(options: WatchSwitchOptions) {
    this.#options = options;
  }

  get isOn(): boolean {
    return this.#stop !== undefined;
  }

  /** Begins to watch, with a watch that was opened before or a new one. */
  start(opened?: Watching): void {
    const { signal } = this.#options;
    if (this.isOn || signal.aborted) return;
    const stop = new AbortController();
    this.#stop = stop;
    const before = this.#run;
    const run = async (): Promise<void> => {
      await before;
      const watching = opened ?? (await this.#options.open());
      await watching.run(this.#options.output, AbortSignal.any([signal, stop.signal]));
    };
    this.#run = run()
      .catch((error: unknown) => {
        if (!signal.aborted) this.#options.onFault(messageOf(error));
      })
      .finally(() => {
        if (this.#stop !== stop) return;
        this.#stop = undefined;
        this.#options.onChange();
      });
    this.#options.onChange();
  }

  /** Ends the watch; what it is just doing is broken off. */
  stop(): void {
    if (this.#stop === undefined) return;
    this.#stop.abort();
    this.#stop = undefined;
    this.#options.output.log('Watch disabled');
    this.#options.onChange();
  }

  /** Resolves when nothing is done any more. */
  async finished(): Promise<void> {
    await this.#run;
  }
}
