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

/**
 * The streams that are being read, at most one per container.
 *
 * Logs are always read with their times: a stream may end with a run of the container or go on into
 * the next one, and the time of the last line tells where the next stream has to begin.
 */
export class Reading {
  readonly #client: EngineClient;
  readonly #options: ReadingOptions;
  readonly #active = new Map<string, Promise<void>>();
  /** Attached to before they were started: their next start needs nothing. */
  readonly #ready = new Set<string>();
  /** Time of the last line that came from the log of a container. */
  readonly #last = new Map<string, string>();

  constructor(client: EngineClient, options: ReadingOptions) {
    this.#client = client;
    this.#options = options;
  }

  /** Reads what a container writes from now on; resolves when the engine has agreed. */
  async attach(source: LogSource): Promise<void> {
    const { onEvent, signal } = this.#options;
    if (this.#active.has(source.id)) return;
    const { Config: config, State: state } = await inspectContainer(this.#client, source, signal);
    const format = { source, tty: config.Tty ?? false, timestamps: false };
    const stream = await openAttach(this.#client, source, signal);
    if (state.Running !== true) this.#ready.add(source.id);
    this.#track(source, readOutput(stream, format, onEvent));
  }

  /** Reads a container's log. */
  follow(source: LogSource, range: LogRange): void {
    if (this.#active.has(source.id)) return;
    const timed = { ...range, timestamps: true };
    this.#track(
      source,
      readLog(this.#client, { source, range: timed }, this.#record, this.#options.signal),
    );
  }

  /**
   * Tells that a container was started: reads what it writes unless that is being done. `lastExit`
   * (seconds since the epoch) is where the run before ended, if that was seen.
   */
  async started(source: LogSource, lastExit?: string): Promise<void> {
    if (this.#ready.delete(source.id)) return;
    const active = this.#active.get(source.id);
    if (active === undefined) await this.#resume(source, lastExit);
    // Whether that stream has this run too is seen when it ends.
    else
      this.#track(
        source,
        active.then(() => this.#resume(source, lastExit)),
      );
  }

  /** Resolves when everything the container wrote has been handed on. */
  async ended(id: string): Promise<void> {
    this.#ready.delete(id);
    await this.#active.get(id);
  }

  /** Resolves when nothing is read any more. */
  async idle(): Promise<void> {
    while (this.#active.size > 0) await Promise.all(this.#active.values());
  }

  async #resume(source: LogSource, lastExit: string | undefined): Promise<void> {
    const { signal } = this.#options;
    try {
      const { Config: config, State: state } = await inspectContainer(this.#client, source, signal);
      const since = this.#last.get(source.id) ?? lastExit ?? startOfRun(state);
      const range = { follow: true, timestamps: true, ...(since === undefined ? {} : { since }) };
      const stream = await openLog(this.#client, source, range, signal);
      const format = { source, tty: config.Tty ?? false, timestamps: true };
      this.#track(source, readOutput(stream, format, this.#record));
    } catch (error) {
      if (signal.aborted || isGone(error)) return;
      // A driver that keeps no log: what it writes from now on is better than nothing.
      if (!isEngineError(error, 'unsupported')) throw error;
      await this.attach(source);
    }
  }

  /** Hands on lines of logs, without their times unless those were asked for. */
  readonly #record: OnLogEvent = (event) => {
    const { onEvent, timestamps } = this.#options;
    if (event.type !== 'line' || event.timestamp === undefined) return onEvent(event);
    const next = justAfter(event.timestamp);
    if (next !== undefined) this.#last.set(event.source.id, next);
    if (timestamps) return onEvent(event);
    const { timestamp: _, ...line } = event;
    return onEvent(line);
  };

  #track(source: LogSource, reading: Promise<void>): void {
    const { onEvent, signal } = this.#options;
    const ended = reading
      .catch(async (error: unknown) => {
        if (signal.aborted) return;
        const text = `output of ${source.name} broke off: ${messageOf(error)}`;
        await onEvent({ type: 'warning', source, text });
      })
      .finally(() => {
        if (this.#active.get(source.id) === ended) this.#active.delete(source.id);
      });
    this.#active.set(source.id, ended);
  }
}

/** The engine's time a nanosecond later, as it takes it in `since`. */
function justAfter(timestamp: string): string | undefined {
  const [seconds, nanoseconds] = (engineTime(timestamp) ?? '').split('.');
  if (seconds === undefined || nanoseconds === undefined) return undefined;
  const next = BigInt(seconds + nanoseconds) + 1n;
  const text = next.toString();
  return `${text.slice(0, -9)}.${text.slice(-9)}`;
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
