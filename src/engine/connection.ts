import { Agent } from 'node:http';
import { Agent as TlsAgent, request as requestTls } from 'node:https';
import { Duplex } from 'node:stream';
import { formatEndpoint, type Endpoint } from './endpoint.ts';
import { EngineError, messageOf } from './errors.ts';
import type { Transport } from './http-call.ts';
import type { TlsMaterial } from './tls-material.ts';

/** Opens a byte stream to an engine that is not reached by a socket of this machine. */
export type ConnectStream = (endpoint: Endpoint) => Promise<Duplex>;

/** Idle connections are kept so that parallel calls do not pay for a handshake each. */
const KEEP = { keepAlive: true, maxSockets: Infinity, maxFreeSockets: 64 };

/** How long an engine may take to take a connection; as in the docker command. Milliseconds. */
const CONNECT_TIMEOUT = 30_000;

/** How to reach an endpoint. Throws for `ssh` when nothing can open such connections. */
export function createTransport(endpoint: Endpoint, connect: ConnectStream | undefined): Transport {
  switch (endpoint.kind) {
    case 'unix':
      // A name that is given is not looked for: Node would first test whether "localhost" is an IPv6 address.
      return { agent: new Agent(KEEP), address: { socketPath: endpoint.path, servername: '' } };
    case 'tcp': {
      const { host, port } = endpoint;
      return endpoint.tls === undefined
        ? { agent: giveUpConnecting(new Agent(KEEP)), address: { host, port } }
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
  // A certificate is of no use without its key, nor the other way round.
  const own = cert === undefined || key === undefined ? {} : { cert: bytes(cert), key: bytes(key) };
  return {
    agent: giveUpConnecting(new TlsAgent({ ...KEEP, rejectUnauthorized: verify })),
    address: { ...address, ...own, ...(ca === undefined ? {} : { ca: bytes(ca) }) },
    request: requestTls,
  };
}

/** A host that answers nothing would be waited for minutes, by the system's own measure. */
function giveUpConnecting(agent: Agent): Agent {
  const create = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const stream = create(options, done);
    if (stream === null || stream === undefined) return stream;
    const timer = setTimeout(() => {
      const why = { code: 'ETIMEDOUT', syscall: 'connect' };
      stream.destroy(Object.assign(new Error('timed out'), why));
    }, CONNECT_TIMEOUT).unref();
    for (const event of ['connect', 'close']) stream.once(event, () => clearTimeout(timer));
    return stream;
  };
  return agent;
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

function bytes(text: Uint8Array): Buffer {
  return Buffer.from(text);
}
