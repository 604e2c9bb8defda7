import { request as requestPlain, type Agent, type IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { Duplex, Readable } from 'node:stream';

type QueryValue = string | number | boolean | undefined | null;

/** One request of the Engine API; the version is put in front of the path. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  /** `/containers/json`; parts that come from names are encoded by the caller. */
  readonly path: string;
  /** Undefined values are left out, lists repeat their key, objects (filters, platforms) are sent as JSON. */
  readonly query?: Readonly<Record<string, QueryValue | object>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as a tar archive. */
  readonly archive?: Readable | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the call is about, for errors: `container p-web-1`. */
  readonly resource?: string;
}

/** How requests reach one engine. */
export interface Transport {
  readonly agent: Agent;
  /** Socket, or host and port. */
  readonly address: RequestOptions;
  /** `request` of node:https for engines behind TLS; absent for plain ones. */
  readonly request?: typeof requestPlain;
  /** In front of paths, where a proxy is told where they lead: `http://host:2375`. */
  readonly origin?: string;
  /** The proxy on the way, for errors: `HTTP_PROXY names (10.0.0.1:3128)`. */
  readonly via?: string;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** For streams that are taken over, which proxies do not hand on; absent: the same. */
  readonly direct?: Transport;
}

export interface CallOptions {
  readonly signal: AbortSignal;
  /** Asks the engine to turn the connection into a two-way stream. */
  readonly hijack?: boolean;
}

/**
 * Sends one request and gives the answer as soon as its head is there, whatever its status; for a call that
 * is hijacked, the bare connection when the engine agrees.
 */
export function sendCall(
  usual: Transport,
  call: Call,
  { signal, hijack = false }: CallOptions,
): Promise<IncomingMessage | Duplex> {
  const transport = hijack ? (usual.direct ?? usual) : usual;
  const json = jsonBody(call);
  const bytes = call.archive instanceof Uint8Array ? call.archive : json;
  const headers: Record<string, string | number> = { ...transport.headers, ...call.headers };
  if (call.archive !== undefined) headers['Content-Type'] ??= 'application/x-tar';
  if (json !== undefined) headers['Content-Type'] = 'application/json';
  if (bytes !== undefined) headers['Content-Length'] = bytes.byteLength;
  if (hijack) Object.assign(headers, { Connection: 'Upgrade', Upgrade: 'tcp' });
  return new Promise((resolve, reject) => {
    const request = (transport.request ?? requestPlain)({
      ...transport.address,
      agent: transport.agent,
      method: call.method,
      path: (transport.origin ?? '') + call.path + queryString(call.query),
      headers,
      signal,
    });
    request.on('response', resolve);
    request.on('error', reject);
    if (hijack) {
      request.on('upgrade', (_response, socket, head) => {
        if (head.length > 0) socket.unshift(head);
        // Told to whoever reads; nobody does yet.
        socket.on('error', () => undefined);
        resolve(socket);
      });
    }
    if (call.archive === undefined || call.archive instanceof Uint8Array) {
      request.end(bytes);
      return;
    }
    call.archive.on('error', (error) => request.destroy(error));
    call.archive.pipe(request);
  });
}

function jsonBody({ body }: Call): Uint8Array | undefined {
  return body === undefined ? undefined : Buffer.from(JSON.stringify(body));
}

/** `?all=true&filters=%7B…%7D`, or nothing; a list repeats its key. */
export function queryString(query: Call['query'] = {}): string {
  const parts = Object.entries(query).flatMap(([key, value]) => {
    const values: readonly (QueryValue | object)[] = Array.isArray(value) ? value : [value];
    return values
      .filter((each) => each !== undefined)
      .map((each) => `${key}=${encodeURIComponent(queryText(each))}`);
  });
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

function queryText(value: QueryValue | object): string {
  if (typeof value === 'object') return value === null ? '' : JSON.stringify(value);
  return String(value);
}
