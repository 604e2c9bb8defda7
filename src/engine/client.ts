import type { IncomingMessage } from 'node:http';
import type { Duplex, Readable } from 'node:stream';
import { apiAtLeast, negotiateApiVersion } from './api-version.ts';
import { formatEndpoint, type Endpoint } from './endpoint.ts';
import { EngineError, fromResponse, fromTransport } from './errors.ts';
import { createTransport, type WayOptions } from './connection.ts';
import { sendCall, type Call, type CallOptions } from './http-call.ts';

export type { Call } from './http-call.ts';

/** What the engine says about itself when it is pinged. */
export interface ServerInfo {
  /** `linux` or `windows`. */
  readonly osType: string;
  /** `2` when BuildKit is the default builder. */
  readonly builder: string;
  /** True when the engine is part of a swarm, so that overlay networks may be invisible yet. */
  readonly swarm: boolean;
}

/** The body of an answer as it comes, with what the engine says about it. */
export type AnswerBody = Readable & Partial<Pick<IncomingMessage, 'headers'>>;

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
  open(call: Call, signal: AbortSignal): Promise<AnswerBody>;
  /** Sends a call that turns the connection into a two-way stream: attach, exec. */
  hijack(call: Call, signal: AbortSignal): Promise<Duplex>;
  /** Closes idle connections; running calls go on. */
  close(): void;
}

export interface ClientOptions extends WayOptions {
  /** DOCKER_API_VERSION. */
  readonly apiVersion?: string;
  readonly signal: AbortSignal;
}

/** Connects, pings and agrees on an API version. */
export async function connectClient(
  endpoint: Endpoint,
  options: ClientOptions,
): Promise<EngineClient> {
  const address = formatEndpoint(endpoint);
  const transport = createTransport(endpoint, options);
  const dial: Dial = async (call, extra) => {
    extra.signal.throwIfAborted();
    try {
      const stream = await sendCall(transport, call, extra);
      return 'statusCode' in stream ? await checked(stream, call.resource) : stream;
    } catch (error) {
      extra.signal.throwIfAborted();
      throw fromTransport(error, address, extra.hijack === true ? undefined : transport.via);
    }
  };

  const ping = { method: 'GET', path: '/_ping' } as const;
  const pong = (await dial(ping, { signal: options.signal })) as IncomingMessage;
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
      transport.agent.destroy();
      transport.direct?.agent.destroy();
    },
  };
}

type Dial = (call: Call, extra: CallOptions) => Promise<IncomingMessage | Duplex>;

/** The three shapes of a call, over one way to send it. */
function createCalls(dial: Dial, address: string): Pick<EngineClient, 'send' | 'open' | 'hijack'> {
  return {
    open: async (call, signal) => {
      const body = (await dial(call, { signal })) as IncomingMessage;
      const destroy = body.destroy.bind(body);
      // Whoever reads is told in the words of people that the connection was lost on the way.
      body.destroy = (error) =>
        destroy(error === undefined || signal.aborted ? error : fromTransport(error, address));
      return body;
    },
    send: async <T>(call: Call, signal: AbortSignal) => {
      const response = (await dial(call, { signal })) as IncomingMessage;
      try {
        const text = await readText(response);
        return (text === '' ? undefined : parseAnswer(text)) as T;
      } catch (error) {
        signal.throwIfAborted();
        throw fromTransport(error, address);
      }
    },
    hijack: async (call, signal) => {
      const stream = await dial(call, { hijack: true, signal });
      if (!('statusCode' in stream)) return stream as Duplex;
      stream.destroy();
      throw new EngineError('unsupported', `${address} does not let streams be taken over`, {
        hint: 'A proxy between here and the engine may not support "Connection: Upgrade".',
      });
    },
  };
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
