import type { Duplex } from 'node:stream';
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
  /** Opens another stream to an engine that is not reached by a socket of this machine or by TCP. */
  readonly dial?: () => Promise<Duplex>;
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
  const { connect } = options;
  return {
    host,
    endpoint,
    client,
    ...(connect === undefined ? {} : { dial: () => connect(endpoint) }),
    observe: (query, signal) => observe({ client, host }, query, signal),
    close: () => {
      client.close();
    },
  };
}
