import { Agent } from 'node:http';
import { Agent as TlsAgent, request as requestTls } from 'node:https';
import { Duplex } from 'node:stream';
import { formatEndpoint, type Endpoint, type TlsMaterial } from './endpoint.ts';
import { EngineError, messageOf } from './errors.ts';
import type { Transport } from './http-call.ts';

/** Opens a byte stream to an engine that is not reached by a socket of this machine. */
export type ConnectStream = (endpoint: Endpoint) => Promise<Duplex>;

/** Idle connections are kept so that parallel calls do not pay for a handshake each. */
const KEEP = { keepAlive: true, maxSockets: Infinity, maxFreeSockets: 64 };

/** How to reach an endpoint. Throws for `ssh` when nothing can open such connections. */
export function createTransport(endpoint: Endpoint, connect: ConnectStream | undefined): Transport {
  switch (endpoint.kind) {
    case 'unix':
      // A name that is given is not looked for: Node would first test whether "localhost" is an IPv6 address.
      return { agent: new Agent(KEEP), address: { socketPath: endpoint.path, servername: '' } };
    case 'tcp': {
      const { host, port } = endpoint;
      return endpoint.tls === undefined
        ? { agent: new Agent(KEEP), address: { host, port } }
        : secureTransport({ host, port }, endpoint.tls);
    }
    case 'ssh':
      return { agent: agentOver(endpoint, connect), address: { host: 'localhost', port: 80 } };
  }
}

function secureTransport(
  address: { readonly host: string; readonly port: number },
  { ca, cert, key, verify }: TlsMaterial,
): Transport {
  return {
    agent: new TlsAgent({ ...KEEP, rejectUnauthorized: verify }),
    address: { ...address, ca: buffer(ca), cert: buffer(cert), key: buffer(key) },
    request: requestTls,
  };
}

function agentOver(endpoint: Endpoint, connect: ConnectStream | undefined): Agent {
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

function buffer(bytes: Uint8Array | undefined): Buffer | undefined {
  return bytes === undefined ? undefined : Buffer.from(bytes);
}
