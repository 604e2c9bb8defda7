import type { EngineClient } from '../client.ts';
import { isEngineError, messageOf } from '../errors.ts';
import {
  inspectContainer,
  isGone,
  openAttach,
  openLog,
  readLog,
  readOutput,
  type InspectedContainer,
  type LogRange,
} from './container-output.ts';
import type { LogSource, OnLogEvent } from './log-event.ts';
import { engineTime } from './log-time.ts';

export interface ReadingOptions {
  /** Ask the engine for the time of every line of logs. */
  readonly timestamps: boolean;
  readonly onEvent: OnLogEvent;
  readonly signal: AbortSignal;
}

/** The streams that are being read, at most one per container. */
export class Reading {
  readonly #client: EngineClient;
  readonly #options: ReadingOptions;
  readonly #active = new Map<string, Promise<void>>();

  constructor(client: EngineClient, options: ReadingOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** Reads what a container writes from now on; resolves when the engine has agreed. */
  async attach(source: LogSource): Promise<void> {
    const { onEvent, signal } = this.#options;
    if (this.#active.has(source.id)) return;
    const { Config: config } = await inspectContainer(this.#client, source, signal);
    const tty = config.Tty ?? false;
    const stream = await openAttach(this.#client, source, signal);
    this.#track(source, readOutput(stream, { source, tty, timestamps: false }, onEvent));
  }

  /** Reads a container's log. */
  follow(source: LogSource, range: LogRange): void {
    const { onEvent, signal } = this.#options;
    if (this.#active.has(source.id)) return;
    this.#track(source, readLog(this.#client, { source, range }, onEvent, signal));
  }

  /**
   * Reads what a container has written since its last start, unless its output is read already.
   * `lastExit` (seconds since the epoch) is where the run before ended, if that was seen.
   */
  async resume(source: LogSource, lastExit?: string): Promise<void> {
    const { onEvent, signal, timestamps } = this.#options;
    if (this.#active.has(source.id)) return;
    try {
      const { Config: config, State: state } = await inspectContainer(this.#client, source, signal);
      const since = lastExit ?? startOfRun(state);
      const range = { follow: true, timestamps, ...(since === undefined ? {} : { since }) };
      const stream = await openLog(this.#client, source, range, signal);
      const format = { source, tty: config.Tty ?? false, timestamps };
      this.#track(source, readOutput(stream, format, onEvent));
    } catch (error) {
      if (signal.aborted || isGone(error)) return;
      // A driver that keeps no log: what it writes from now on is better than nothing.
      if (!isEngineError(error, 'unsupported')) throw error;
      await this.attach(source);
    }
  }

  /** Resolves when everything the container wrote has been handed on. */
  async ended(id: string): Promise<void> {
    await this.#active.get(id);
  }

  /** Resolves when nothing is read any more. */
  async idle(): Promise<void> {
    await Promise.all(this.#active.values());
  }

  #track(source: LogSource, reading: Promise<void>): void {
    const { onEvent, signal } = this.#options;
    const ended = reading
      .catch(async (error: unknown) => {
        if (signal.aborted) return;
        const text = `output of ${source.name} broke off: ${messageOf(error)}`;
        await onEvent({ type: 'warning', source, text });
      })
      .finally(() => this.#active.delete(source.id));
    this.#active.set(source.id, ended);
  }
}

/**
 * When the current run began to write, at the earliest. `StartedAt` is taken after the process was
 * started, so its first lines may be older; a second before is safe unless the run before was then
 * still on.
 */
function startOfRun(state: InspectedContainer['State']): string | undefined {
  const started = engineTime(state.StartedAt ?? '');
  if (started === undefined) return undefined;
  const finished = Number(engineTime(state.FinishedAt ?? '') ?? 0);
  return Math.max(finished, Number(started) - 1).toFixed(6);
}
