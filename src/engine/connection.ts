import { Agent } from 'node:http';
import { Agent as TlsAgent } from 'node:https';
import { Duplex } from 'node:stream';
import { inspect } from 'node:util';
import { formatEndpoint, type Endpoint } from './endpoint.ts';
import { EngineError, messageOf } from './errors.ts';

/** Opens a byte stream to an engine that is not reached by a socket of this machine. */
export type ConnectStream = (endpoint: Endpoint) => Promise<Duplex>;

/** Idle connections are kept so that parallel calls do not pay for a handshake each. */
const KEEP = { keepAlive: true, maxSockets: Infinity, maxFreeSockets: 64 };

/** Connection pool for an endpoint. Throws for `ssh` when nothing can open such connections. */
export function createAgent(endpoint: Endpoint, connect: ConnectStream | undefined): Agent {
  const agent = poolFor(endpoint, connect);
  // docker-modem words every request with util.inspect, also when nobody reads it: without this, the
  // pool and all its sockets are walked each time, which costs seconds with many calls at once.
  Object.defineProperty(agent, inspect.custom, { value: () => 'connection pool' });
  return agent;
}

function poolFor(endpoint: Endpoint, connect: ConnectStream | undefined): Agent {
  if (endpoint.kind === 'tcp' && endpoint.tls !== undefined) {
    return new TlsAgent({ ...KEEP, rejectUnauthorized: endpoint.tls.verify });
  }
  if (endpoint.kind !== 'ssh') return new Agent(KEEP);
  if (connect === undefined) {
    throw new EngineError('unsupported', `cannot connect to ${formatEndpoint(endpoint)}`, {
      hint: 'Engines over SSH are reached as machines; see "tcompose machine".',
    });
  }
  const agent = new Agent(KEEP);
  agent.createConnection = (_options, done) => {
    void openInto(connect(endpoint), done);
    return undefined;
  };
  return agent;
}

/** Hands a stream, or why there is none, to the agent that asked for it. */
async function openInto(
  opening: Promise<Duplex>,
  done: ((error: Error | null, stream: Duplex) => void) | undefined,
): Promise<void> {
  const [outcome] = await Promise.allSettled([opening]);
  if (outcome.status === 'fulfilled') {
    done?.(null, outcome.value);
    return;
  }
  const reason: unknown = outcome.reason;
  done?.(reason instanceof Error ? reason : new Error(messageOf(reason)), new Duplex());
}

/** Every option that dockerode would otherwise take from the environment is given. */
export function transport(endpoint: Endpoint): object {
  const none = { host: undefined, port: undefined, socketPath: undefined, timeout: undefined };
  const plain = { ca: undefined, cert: undefined, key: undefined, pathPrefix: '/' };
  switch (endpoint.kind) {
    case 'unix':
      return { ...none, ...plain, protocol: 'http', socketPath: endpoint.path };
    case 'ssh':
      return { ...none, ...plain, protocol: 'http', host: 'localhost', port: 80 };
    case 'tcp': {
      const { host, port, tls } = endpoint;
      const base = {
        ...none,
        ...plain,
        host,
        port,
        protocol: tls === undefined ? 'http' : 'https',
      };
      if (tls === undefined) return base;
      return {
        ...base,
        ca: buffer(tls.ca),
        cert: buffer(tls.cert),
        key: buffer(tls.key),
      };
    }
  }
}

function buffer(bytes: Uint8Array | undefined): Buffer | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes);
}
