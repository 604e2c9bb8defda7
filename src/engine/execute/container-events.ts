import type { Readable } from 'node:stream';
import type { EngineClient } from '../client.ts';
import { jsonLines } from '../json-lines.ts';
import { LABEL } from '../labels.ts';

/** Tells those who wait that something happened to a container. */
export interface ContainerEvents {
  /**
   * Resolves once the subscription stands; from then on every change of a container of the project
   * wakes whoever waits for it.
   */
  ready(signal: AbortSignal): Promise<void>;
  /**
   * Resolves at the next change of one of the containers, or when the stream of events ends, since
   * then nothing can be known but by looking.
   */
  next(ids: readonly string[], signal: AbortSignal): Promise<void>;
  close(): void;
}

interface EventMessage {
  readonly Actor: { readonly ID: string };
}

const CHANGES = ['health_status', 'start', 'die', 'destroy', 'pause', 'unpause', 'oom'];

interface Waiter {
  readonly ids: ReadonlySet<string>;
  readonly wake: () => void;
}

/**
 * One `/events` stream for all waits of a run at one engine, opened by the first. A stream that
 * ends is opened again by the next wait.
 */
class EventStream implements ContainerEvents {
  readonly #client: EngineClient;
  readonly #project: string;
  readonly #waiting = new Set<Waiter>();
  readonly #stop = new AbortController();
  #opening: Promise<void> | undefined;

  constructor(client: EngineClient, project: string) {
    this.#client = client;
    this.#project = project;
  }

  async ready(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#opening ??= this.#open();
    try {
      await this.#opening;
    } catch (error) {
      this.#opening = undefined;
      throw error;
    }
    signal.throwIfAborted();
  }

  next(ids: readonly string[], signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        this.#waiting.delete(waiter);
        signal.removeEventListener('abort', abort);
        settle();
      };
      const waiter: Waiter = { ids: new Set(ids), wake: () => end(resolve) };
      const abort = (): void => end(() => reject(signal.reason as Error));
      if (signal.aborted) {
        reject(signal.reason as Error);
        return;
      }
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting.add(waiter);
    });
  }

  close(): void {
    this.#stop.abort(new Error('the run is over'));
  }

  async #open(): Promise<void> {
    const label = [`${LABEL.project}=${this.#project}`];
    const filters = { type: ['container'], event: CHANGES, label };
    const stream = await this.#client.open(
      { method: 'GET', path: '/events', query: { filters } },
      this.#stop.signal,
    );
    void this.#follow(stream);
  }

  async #follow(stream: Readable): Promise<void> {
    try {
      for await (const event of jsonLines<EventMessage>(stream)) this.#wake(event.Actor.ID);
    } catch {
      // Whoever waits looks at the containers and finds out what is wrong with the engine.
    }
    this.#opening = undefined;
    this.#wake(undefined);
  }

  /** Wakes those who wait for a container; undefined: everybody. */
  #wake(id: string | undefined): void {
    for (const waiter of this.#waiting) {
      if (id === undefined || waiter.ids.has(id)) waiter.wake();
    }
  }
}

/** Follows the containers of a project at one engine; nothing is opened before it is needed. */
export function createContainerEvents(client: EngineClient, project: string): ContainerEvents {
  return new EventStream(client, project);
}
