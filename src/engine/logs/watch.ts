import type { Readable } from 'node:stream';
import type { EngineClient } from '../client.ts';
import { fromTransport } from '../errors.ts';
import { jsonLines } from '../json-lines.ts';
import { LABEL } from '../labels.ts';
import { inspectContainer } from './container-output.ts';
import type { LogSource, OnLogEvent } from './log-event.ts';
import {
  isSelected,
  listSources,
  projectFilter,
  sourceOf,
  type ProjectSelection,
} from './project-containers.ts';
import { Reading } from './reading.ts';
import { deferred } from '../../foundation/deferred.ts';

export interface WatchOptions extends ProjectSelection {
  /** Whose output is read when it is started while watching. */
  readonly isShown: (source: LogSource) => boolean;
  /** Whose end is somebody else's doing and not told. */
  readonly isReplaced?: (source: LogSource) => boolean;
  /** Asked at each exit: whether it is part of a restart that somebody asked for. */
  readonly isRestarted?: (source: LogSource) => boolean;
  /** Ask the engine for the time of every line of logs. */
  readonly timestamps: boolean;
  /** Called as soon as the engine says that a container exited, before its last lines are out. */
  readonly onExit?: (exit: ContainerExit) => void;
}

export interface ContainerExit {
  readonly source: LogSource;
  readonly exitCode: number;
}

/** The parts that are used of a message of `GET /events`. */
interface EngineEvent {
  readonly Action: string;
  /** Nanoseconds since the epoch, exact to some hundred. */
  readonly timeNano: number;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
}

/** The start of a container after an exit. */
interface NextStart {
  readonly promise: Promise<void>;
  readonly resolve: () => void;
  happened: boolean;
  /** It was asked for and will come. */
  readonly isSure: boolean;
}

/** Starts to watch. Events are subscribed to before containers are listed, so none is missed. */
export async function watchContainers(
  client: EngineClient,
  options: WatchOptions,
  onEvent: OnLogEvent,
  signal: AbortSignal,
): Promise<ContainerWatch> {
  const over = new AbortController();
  const either = AbortSignal.any([signal, over.signal]);
  const filters = { type: ['container'], label: projectFilter(options.project) };
  const events = await client.open({ method: 'GET', path: '/events', query: { filters } }, either);
  const alive = await listSources(client, options, either);
  return new ContainerWatch(client, { ...options, events, alive, onEvent, over, signal: either });
}

interface WatchState extends WatchOptions {
  readonly events: Readable;
  readonly alive: readonly LogSource[];
  readonly onEvent: OnLogEvent;
  readonly over: AbortController;
  readonly signal: AbortSignal;
}

/**
 * Follows the containers of a project as they come and go.
 *
 * How the engine tells what happens: an exit is `die`, whose outcome only an inspection shows: with
 * a restart policy the state is then `restarting`, after `docker restart` it is still `running`,
 * and in both cases `start` follows; else the container is done until somebody starts it. `stop`,
 * `kill`, `oom` and `restart` come in addition and say nothing new. `destroy` ends containers that
 * never ran. Engines before 29 tell the same end twice when a kill comes while they deal with it: a
 * `die` without a `start` since the one before is no news.
 */
export class ContainerWatch {
  readonly #client: EngineClient;
  readonly #state: WatchState;
  /** Containers that there were in the beginning, by name. */
  readonly existing: readonly LogSource[];
  /** What is read of the containers' output. */
  readonly reading: Reading;
  /** Containers that have not ended for good, by id. */
  readonly #alive: Set<string>;
  readonly #restarting = new Set<string>();
  /** Starts that may follow the last exits. */
  readonly #awaited = new Map<string, NextStart>();
  /** Containers whose end was told and that have not been started since. */
  readonly #ended = new Set<string>();
  /** When containers exited last, in seconds since the epoch. */
  readonly #exits = new Map<string, string>();
  /** What happens to one container is handled in order, different containers side by side. */
  readonly #queues = new Map<string, Promise<void>>();
  readonly #pump: Promise<void>;
  #armed = false;

  constructor(client: EngineClient, state: WatchState) {
    this.#client = client;
    this.#state = state;
    this.existing = state.alive;
    this.reading = new Reading(client, state);
    this.#alive = new Set(state.alive.map(({ id }) => id));
    this.#pump = this.#receiveAll();
    // Awaited in finished(); until then a failure must not end the process.
    this.#pump.catch(() => undefined);
  }

  /**
   * Resolves when no container is left to watch, or when the signal was aborted; call it when all
   * containers have been started. Rejects when the engine is lost.
   */
  async finished(): Promise<void> {
    this.#armed = true;
    this.#endWhenEmpty();
    await this.#pump;
    await Promise.all(this.#queues.values());
    await this.reading.idle();
  }

  async #receiveAll(): Promise<void> {
    const { events, signal } = this.#state;
    try {
      for await (const event of jsonLines<EngineEvent>(events)) this.#receive(event);
    } catch (error) {
      if (!signal.aborted) throw fromTransport(error, this.#client.address);
    }
    if (!signal.aborted) {
      const cut = Object.assign(new Error('event stream ended'), { code: 'ECONNRESET' });
      throw fromTransport(cut, this.#client.address);
    }
  }

  #receive(event: EngineEvent): void {
    const { ID: id, Attributes: attributes } = event.Actor;
    const source = sourceOf(id, attributes.name ?? '', attributes);
    if (!isSelected(this.#state, source.service)) return;
    if (event.Action === 'create' || event.Action === 'start') this.#alive.add(id);
    if (event.Action === 'start') this.#startAgain(id);
    if (event.Action === 'die' && this.#isToldAgain(id)) return;
    const startedAgain = event.Action === 'die' ? this.#nextStart(source) : undefined;
    if (event.Action === 'die') {
      if (this.#state.isReplaced?.(source) === true) {
        this.#alive.delete(id);
        this.#endWhenEmpty();
        return;
      }
      if (startedAgain?.isSure !== true)
        this.#state.onExit?.({ source, exitCode: Number(attributes.exitCode ?? 0) });
    }
    const before = this.#queues.get(id) ?? Promise.resolve();
    const done = before
      .then(() => this.#handle(event, source, startedAgain))
      .catch((error: unknown) => {
        this.#state.events.destroy(error as Error);
      })
      .finally(() => {
        if (this.#queues.get(id) === done) this.#queues.delete(id);
        this.#endWhenEmpty();
      });
    this.#queues.set(id, done);
  }

  async #handle(event: EngineEvent, source: LogSource, next?: NextStart): Promise<void> {
    const { Action: action, Actor: actor } = event;
    const { onEvent, isShown } = this.#state;
    if (action === 'create') {
      const replaces = actor.Attributes[LABEL.replace];
      if (replaces === undefined) await onEvent({ type: 'created', source });
      else await onEvent({ type: 'recreated', source, replaces });
    } else if (action === 'start') {
      await onEvent({ type: 'started', source, restarted: this.#restarting.delete(source.id) });
      if (isShown(source)) await this.reading.started(source, this.#exits.get(source.id));
    } else if (action === 'die') {
      await this.#exited(source, Number(actor.Attributes.exitCode ?? 0), next);
      this.#exits.set(source.id, ((event.timeNano + 1000) / 1e9).toFixed(6));
    } else if (action === 'destroy') {
      this.#alive.delete(source.id);
      await onEvent({ type: 'removed', source });
    } else if (action.startsWith('health_status: ')) {
      const health = action.slice('health_status: '.length);
      await onEvent({ type: 'health', source, health });
    }
  }

  async #exited(source: LogSource, exitCode: number, next?: NextStart): Promise<void> {
    const { onEvent, signal } = this.#state;
    const state = await inspectContainer(this.#client, source, signal)
      .then((container) => container.State)
      // It may have been removed already.
      .catch(() => undefined);
    // A stream that was opened late may go on into the next run: then there is nothing to wait for.
    const ended = this.reading.ended(source.id);
    await (next === undefined ? ended : Promise.race([ended, next.promise]));
    const restarting =
      state?.Restarting === true ||
      state?.Running === true ||
      next?.happened === true ||
      // Engine 20.10 calls it exited in the meantime.
      next?.isSure === true;
    if (restarting) this.#restarting.add(source.id);
    else this.#alive.delete(source.id);
    const outOfMemory = state?.OOMKilled ?? false;
    await onEvent({ type: 'exited', source, exitCode, restarting, outOfMemory });
  }

  /** The start that follows an exit, if one does. */
  #nextStart(source: LogSource): NextStart {
    const { promise, resolve } = deferred<void>();
    const isSure = this.#state.isRestarted?.(source) === true;
    const next: NextStart = { promise, resolve, happened: false, isSure };
    this.#awaited.set(source.id, next);
    return next;
  }

  #isToldAgain(id: string): boolean {
    const told = this.#ended.has(id);
    this.#ended.add(id);
    return told;
  }

  #startAgain(id: string): void {
    this.#ended.delete(id);
    const next = this.#awaited.get(id);
    if (next === undefined) return;
    this.#awaited.delete(id);
    next.happened = true;
    next.resolve();
  }

  #endWhenEmpty(): void {
    if (!this.#armed || this.#alive.size > 0 || this.#queues.size > 0) return;
    this.#state.over.abort();
  }
}
