import type { Observed } from '../scheduler/observed.ts';
import { connectClient, type ClientOptions, type EngineClient } from './client.ts';
import type { Endpoint } from './endpoint.ts';
import { observe, type ObserveQuery } from './observe.ts';

/** One engine, as the rest of the program sees it. */
export interface Engine {
  /** Name of the host in plans; `local` for the engine of this machine. */
  readonly host: string;
  readonly endpoint: Endpoint;
  /** For the streams of this folder (logs, attach, exec, build, pull) and plain calls. */
  readonly client: EngineClient;
  /** Snapshot of a project; see {@link observe}. */
  observe(query: ObserveQuery, signal: AbortSignal): Promise<Observed>;
  close(): void;
}

export interface EngineOptions extends ClientOptions {
  /** Name of the host in plans; default `local`. */
  readonly host?: string;
}

/** Connects to an engine. Throws an EngineError that says what to do when there is none. */
export async function connectEngine(endpoint: Endpoint, options: EngineOptions): Promise<Engine> {
  const client = await connectClient(endpoint, options);
  const host = options.host ?? 'local';
  return {
    host,
    endpoint,
    client,
    observe: (query, signal) => observe({ client, host }, query, signal),
    close: () => {
      client.close();
    },
  };
}
