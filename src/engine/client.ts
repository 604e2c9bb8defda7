import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { apiAtLeast, negotiateApiVersion } from './api-version.ts';
import { formatEndpoint, type Endpoint } from './endpoint.ts';
import { EngineError, fromResponse, fromTransport } from './errors.ts';
import { createAgent, transport, type ConnectStream } from './connection.ts';

type QueryValue = string | number | boolean | undefined | null;

/** One request of the Engine API; the version is put in front of the path. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD';
  /** `/containers/json`; parts that come from names are encoded by the caller. */
  readonly path: string;
  /** Undefined values are left out; objects (filters, platforms) are sent as JSON. */
  readonly query?: Readonly<Record<string, QueryValue | object>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as a tar archive. */
  readonly archive?: Readable | Uint8Array;
  readonly headers?: Readonly<Record<string, string>>;
  /** What the call is about, for errors: `container p-web-1`. */
  readonly resource?: string;
}

/** What the engine says about itself when it is pinged. */
export interface ServerInfo {
  /** `linux` or `windows`. */
  readonly osType: string;
  /** `2` when BuildKit is the default builder. */
  readonly builder: string;
  /** True when the engine is part of a swarm, so that overlay networks may be invisible yet. */
  readonly swarm: boolean;
}

/** A connection to one engine. Every failure is an EngineError, an abort throws its reason. */
export interface EngineClient {
  /** `unix:///var/run/docker.sock`. */
  readonly address: string;
  /** Version that was negotiated, `1.41` or newer. */
  readonly apiVersion: string;
  readonly server: ServerInfo;
  /** True when the negotiated version is `version` or newer. */
  supports(version: string): boolean;
  /** Sends a call and gives the JSON of the answer; undefined when the body is empty. */
  send<T = undefined>(call: Call, signal: AbortSignal): Promise<T>;
  /** Sends a call and gives the body as it comes: logs, events, archives, progress. */
  open(call: Call, signal: AbortSignal): Promise<Readable>;
  /** Sends a call that turns the connection into a two-way stream: attach, exec. */
  hijack(call: Call, signal: AbortSignal): Promise<Duplex>;
  /** Closes idle connections; running calls go on. */
  close(): void;
}

export interface ClientOptions {
  /** DOCKER_API_VERSION. */
  readonly apiVersion?: string;
  /** How to reach `ssh` endpoints. */
  readonly connect?: ConnectStream;
  readonly signal: AbortSignal;
}

/** The part of docker-modem that is used, under dockerode. */
interface Modem {
  dial(options: object, done: (error: Error | null, result: unknown) => void): void;
}

/** Every status reaches us, so that errors are read and translated in one place. */
const ANY_STATUS = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [i + 100, true]));

/** Connects, pings and agrees on an API version. */
export async function connectClient(
  endpoint: Endpoint,
  options: ClientOptions,
): Promise<EngineClient> {
  const address = formatEndpoint(endpoint);
  const agent = createAgent(endpoint, options.connect);
  const { default: Dockerode } = await import('dockerode');
  const settings: object = { ...transport(endpoint), agent };
  const modem = new Dockerode(settings).modem as Modem;
  const dial = async (call: Call, extra: DialOptions): Promise<IncomingMessage | Duplex> => {
    extra.abortSignal.throwIfAborted();
    try {
      const stream = await dialModem(modem, call, extra);
      return 'statusCode' in stream ? await checked(stream, call.resource) : stream;
    } catch (error) {
      extra.abortSignal.throwIfAborted();
      throw fromTransport(error, address);
    }
  };

  const ping = { method: 'GET', path: '/_ping' } as const;
  const pong = (await dial(ping, { abortSignal: options.signal })) as IncomingMessage;
  pong.resume();
  const { headers } = pong;
  const apiVersion = negotiateApiVersion(header(headers['api-version']), options.apiVersion);
  const server = {
    osType: header(headers.ostype) ?? 'linux',
    builder: header(headers['builder-version']) ?? '1',
    swarm: (header(headers.swarm) ?? 'inactive').startsWith('active'),
  };
  const versioned: Dial = (call, extra) =>
    dial({ ...call, path: `/v${apiVersion}${call.path}` }, extra);
  return {
    ...createCalls(versioned, address),
    address,
    apiVersion,
    server,
    supports: (version) => apiAtLeast(apiVersion, version),
    close: () => {
      agent.destroy();
    },
  };
}

interface DialOptions {
  readonly abortSignal: AbortSignal;
  readonly hijack?: boolean;
}

type Dial = (call: Call, extra: DialOptions) => Promise<IncomingMessage | Duplex>;

/** The three shapes of a call, over one way to send it. */
function createCalls(dial: Dial, address: string): Pick<EngineClient, 'send' | 'open' | 'hijack'> {
  return {
    open: (call, signal) => dial(call, { abortSignal: signal }),
    send: async <T>(call: Call, signal: AbortSignal) => {
      const response = (await dial(call, { abortSignal: signal })) as IncomingMessage;
      try {
        const text = await readText(response);
        return (text === '' ? undefined : parseAnswer(text)) as T;
      } catch (error) {
        signal.throwIfAborted();
        throw fromTransport(error, address);
      }
    },
    hijack: async (call, signal) => {
      const stream = await dial(call, { hijack: true, abortSignal: signal });
      if (!('statusCode' in stream)) return stream as Duplex;
      stream.destroy();
      throw new EngineError('unsupported', `${address} does not let streams be taken over`, {
        hint: 'A proxy between here and the engine may not support "Connection: Upgrade".',
      });
    },
  };
}

function dialModem(
  modem: Modem,
  call: Call,
  extra: DialOptions,
): Promise<IncomingMessage | Duplex> {
  const query = Object.entries(call.query ?? {}).filter(([, value]) => value !== undefined);
  return new Promise((resolve, reject) => {
    modem.dial(
      {
        method: call.method,
        path: query.length === 0 ? call.path : `${call.path}?`,
        options: { _query: Object.fromEntries(query), _body: call.body ?? {} },
        ...(call.archive === undefined
          ? {}
          : {
              file: call.archive instanceof Uint8Array ? Buffer.from(call.archive) : call.archive,
            }),
        headers: { ...call.headers },
        statusCodes: ANY_STATUS,
        isStream: true,
        ...extra,
      },
      (error, result) => {
        if (error === null) resolve(result as IncomingMessage);
        else reject(error);
      },
    );
  });
}

/** The answer itself when the engine agreed; its translated refusal otherwise. */
async function checked(response: IncomingMessage, resource?: string): Promise<IncomingMessage> {
  const status = response.statusCode ?? 0;
  if (status < 400) return response;
  const text = await readText(response);
  const answer = parseAnswer(text);
  const message =
    typeof answer === 'object' && answer !== null && 'message' in answer
      ? String(answer.message)
      : text;
  throw fromResponse(status, message, resource);
}

async function readText(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function header(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
