import type { EngineClient } from '../client.ts';
import { openContainerEvents, type ContainerEvent } from '../container-events.ts';
import { isEngineError } from '../errors.ts';
import { findContainers } from '../find-containers.ts';
import { jsonLines } from '../json-lines.ts';
import { LABEL } from '../labels.ts';
import { toContainer } from '../observe.ts';
import { statsSample, type StatsReading, type StatsSample } from './stats-sample.ts';

export interface StatsQuery {
  readonly project: string;
  /** Empty: all. */
  readonly services: readonly string[];
  /** Containers that do not run too. */
  readonly all: boolean;
}

/** What is known of one container. */
export interface StatsEntry {
  readonly id: string;
  readonly name: string;
  /** Absent: the engine has told nothing, or nothing for a while. */
  readonly sample?: StatsSample;
}

interface Watched {
  readonly id: string;
  readonly name: string;
  readonly over: AbortController;
  sample?: StatsSample;
  /** When the sample came, in milliseconds. */
  sampled: number;
}

/** After this many milliseconds without news, old figures are not shown any more. */
const STALE = 2000;

/** Reads once what the containers use. The engine takes a second or two to measure. */
export async function readStats(
  client: EngineClient,
  query: StatsQuery,
  signal: AbortSignal,
): Promise<readonly StatsEntry[]> {
  const found = await listed(client, query, signal);
  return Promise.all(
    found.map(async ({ id, name }): Promise<StatsEntry> => {
      try {
        const call = { method: 'GET', path: statsPath(id), query: { stream: false } } as const;
        const reading = await client.send<StatsReading>(call, signal);
        return { id, name, sample: statsSample(reading, client.server.osType) };
      } catch (error) {
        // It may have been removed meanwhile.
        if (isEngineError(error, 'not-found', 'conflict')) return { id, name };
        throw error;
      }
    }),
  );
}

/** Follows what containers use, as they come and go, until the signal is aborted. */
export class StatsBoard {
  readonly #client: EngineClient;
  readonly #query: StatsQuery;
  readonly #signal: AbortSignal;
  readonly #over = new AbortController();
  readonly #watched = new Map<string, Watched>();
  readonly #readings = new Set<Promise<void>>();
  #listed = false;

  constructor(client: EngineClient, query: StatsQuery, signal: AbortSignal) {
    this.#client = client;
    this.#query = query;
    this.#signal = AbortSignal.any([signal, this.#over.signal]);
  }

  /** What is known at `now`, in order of names. */
  entries(now: number): readonly StatsEntry[] {
    return [...this.#watched.values()]
      .map(({ id, name, sample, sampled }) =>
        sample === undefined || now - sampled > STALE ? { id, name } : { id, name, sample },
      )
      .toSorted(byName);
  }

  /** Whether there are figures of every container. */
  get complete(): boolean {
    const known = [...this.#watched.values()].every(({ sample }) => sample !== undefined);
    return this.#listed && known;
  }

  /** Watches until the signal is aborted; rejects when the engine is lost. */
  async run(): Promise<void> {
    const { project } = this.#query;
    try {
      // Subscribed to before containers are listed, so that none is missed.
      const query = { project, oneOffs: true };
      const events = await openContainerEvents(this.#client, query, this.#signal);
      for (const { id, name } of await listed(this.#client, this.#query, this.#signal)) {
        this.#add(id, name);
      }
      this.#listed = true;
      for await (const event of events) this.#receive(event);
    } finally {
      this.#over.abort();
      await Promise.allSettled(this.#readings);
    }
  }

  #receive({ id, service, action, attributes }: ContainerEvent): void {
    const { services, all } = this.#query;
    if (services.length > 0 && !services.includes(service)) return;
    // What was told of it before it stopped has come to its end.
    if (action === 'start') this.#remove(id);
    const appears = action === 'start' || (all && action === 'create');
    if (appears) this.#add(id, attributes['name'] ?? id.slice(0, 12));
    if (action === 'destroy' || (!all && action === 'die')) this.#remove(id);
    const watched = this.#watched.get(id);
    if (action === 'rename' && watched !== undefined) {
      this.#watched.set(id, { ...watched, name: attributes['name'] ?? watched.name });
    }
  }

  #add(id: string, name: string): void {
    if (this.#watched.has(id)) return;
    const watched: Watched = { id, name, over: new AbortController(), sampled: 0 };
    this.#watched.set(id, watched);
    const reading = this.#read(watched).finally(() => this.#readings.delete(reading));
    this.#readings.add(reading);
  }

  #remove(id: string): void {
    this.#watched.get(id)?.over.abort();
    this.#watched.delete(id);
  }

  /** Ends with the container, or when the engine does not tell any more. */
  async #read({ id, over }: Watched): Promise<void> {
    const signal = AbortSignal.any([this.#signal, over.signal]);
    try {
      const call = { method: 'GET', path: statsPath(id), query: { stream: true } } as const;
      const stream = await this.#client.open(call, signal);
      for await (const reading of jsonLines<StatsReading>(stream)) {
        const watched = this.#watched.get(id);
        if (watched === undefined) return;
        watched.sample = statsSample(reading, this.#client.server.osType);
        watched.sampled = performance.now();
      }
    } catch {
      // Its figures grow stale; that the engine is lost shows in the events.
    }
  }
}

function statsPath(id: string): string {
  return `/containers/${id}/stats`;
}

async function listed(
  client: EngineClient,
  { project, services, all }: StatsQuery,
  signal: AbortSignal,
): Promise<readonly { readonly id: string; readonly name: string }[]> {
  const query = { project, all, oneOffs: true, unmanaged: true };
  const found = await findContainers(client, query, signal);
  return found
    .filter(
      ({ Labels }) => services.length === 0 || services.includes(Labels?.[LABEL.service] ?? ''),
    )
    .map(toContainer)
    .toSorted(byName);
}

function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : 1;
}
