import type { Duplex, Readable } from 'node:stream';

/**
 * Raw access to one engine's HTTP API, for what streams: pulls, builds, logs, attach, events.
 * Paths begin with `/` and carry no API version: the transport adds the negotiated one.
 */
export interface EngineTransport {
  /** Negotiated API version, `1.41`. */
  readonly apiVersion: string;
  /** Words for messages: `unix:///var/run/docker.sock`, `ssh://deploy@host`. */
  readonly endpoint: string;
  /**
   * Sends a request and resolves when the answer's headers are there, whatever its status.
   * Rejects when the engine cannot be reached, or with the signal's reason. Aborting later
   * destroys the stream.
   */
  request(method: Method, path: string, options?: RequestOptions): Promise<EngineResponse>;
  /**
   * Upgrades a POST request to a raw two-way stream (attach, exec). Rejects with an Error that
   * carries `statusCode` when the engine refuses.
   */
  hijack(path: string, options?: RequestOptions): Promise<Duplex>;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';

/** Lists become repeated parameters; absent values are left out. */
export type Query = Readonly<
  Record<string, string | number | boolean | readonly string[] | undefined>
>;

export interface RequestOptions {
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string>>;
  /** A plain object is sent as JSON; a stream (a tar archive) as it is. */
  readonly body?: Readable | object;
  readonly signal?: AbortSignal;
}

export interface EngineResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Must be read to its end or destroyed. */
  readonly stream: Readable;
}
