import { Agent, request } from 'node:http';
import { Agent as TlsAgent, request as requestTls } from 'node:https';
import { Duplex } from 'node:stream';
import { formatEndpoint, type Endpoint } from './endpoint.ts';
import { environmentProxy, type EnvironmentProxy } from './environment-proxy.ts';
import { EngineError, messageOf } from './errors.ts';
import type { Transport } from './http-call.ts';
import type { TlsMaterial } from './tls-material.ts';

/** Opens a byte stream to an engine that is not reached by a socket of this machine. */
export type ConnectStream = (endpoint: Endpoint) => Promise<Duplex>;

/** Idle connections are kept so that parallel calls do not pay for a handshake each. */
const KEEP = { keepAlive: true, maxSockets: Infinity, maxFreeSockets: 64 };

/** How long an engine may take to take a connection; as in the docker command. Milliseconds. */
const CONNECT_TIMEOUT = 30_000;

export interface WayOptions {
  /** How to reach `ssh` endpoints. */
  readonly connect?: ConnectStream;
  /** Variables that may name a proxy. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** How to reach an endpoint. Throws for `ssh` when nothing can open such connections. */
export function createTransport(endpoint: Endpoint, { connect, env = {} }: WayOptions): Transport {
  switch (endpoint.kind) {
    case 'unix':
      // A name that is given is not looked for: Node would first test whether "localhost" is an IPv6 address.
      return { agent: new Agent(KEEP), address: { socketPath: endpoint.path, servername: '' } };
    case 'tcp': {
      const { host, port, tls } = endpoint;
      const scheme = tls === undefined ? 'http' : 'https';
      const proxy = environmentProxy(env, { scheme, host, port });
      const direct =
        tls === undefined ? plainTransport({ host, port }) : secureTransport({ host, port }, tls);
      if (proxy === undefined) return direct;
      // Streams that are taken over go directly, as those of the docker command do.
      const via = `${proxy.variable} names (${proxy.host}:${proxy.port})`;
      return tls === undefined
        ? { ...relayed(endpoint, proxy), via, direct }
        : { ...secureTransport({ host, port }, tls, proxy), via, direct };
    }
    case 'ssh':
      return {
        agent: agentOver(endpoint, connect),
        address: { host: 'localhost', port: 80, servername: '' },
      };
  }
}

interface Address {
  readonly host: string;
  readonly port: number;
}

function plainTransport(address: Address): Transport {
  return { agent: giveUpConnecting(new Agent(KEEP)), address };
}

/** A proxy is told the whole address of every request. */
function relayed({ host, port }: Address, proxy: EnvironmentProxy): Transport {
  const name = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const headers = { Host: name, ...authorization(proxy) };
  const address = { host: proxy.host, port: proxy.port };
  return proxy.secure
    ? { ...secureTransport(address, { verify: true }), origin: `http://${name}`, headers }
    : { ...plainTransport(address), origin: `http://${name}`, headers };
}

function secureTransport(
  address: Address,
  { ca, cert, key, verify }: TlsMaterial,
  proxy?: EnvironmentProxy,
): Transport {
  const agent = new TlsAgent({ ...KEEP, rejectUnauthorized: verify });
  // A certificate is of no use without its key, nor the other way round.
  const own = cert === undefined || key === undefined ? {} : { cert: bytes(cert), key: bytes(key) };
  return {
    agent: proxy === undefined ? giveUpConnecting(agent) : tunnelled(agent, address, proxy),
    address: { ...address, ...own, ...(ca === undefined ? {} : { ca: bytes(ca) }) },
    request: requestTls,
  };
}

/** A proxy opens a way through itself, on which TLS is spoken with the engine. */
function tunnelled(agent: TlsAgent, to: Address, proxy: EnvironmentProxy): TlsAgent {
  const create = agent.createConnection.bind(agent);
  agent.createConnection = (options, done) => {
    const secured = async (): Promise<Duplex> => {
      const stream = create({ ...options, socket: await openTunnel(to, proxy) } as typeof options);
      if (stream === null || stream === undefined) throw new Error('no connection');
      return stream;
    };
    void openInto(secured(), done);
    return undefined;
  };
  return agent;
}

function openTunnel({ host, port }: Address, proxy: EnvironmentProxy): Promise<Duplex> {
  const path = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  return new Promise((resolve, reject) => {
    (proxy.secure ? requestTls : request)({
      method: 'CONNECT',
      host: proxy.host,
      port: proxy.port,
      path,
      headers: { Host: path, ...authorization(proxy) },
      agent: giveUpConnecting(proxy.secure ? new TlsAgent() : new Agent()),
    })
      .on('connect', ({ statusCode, statusMessage = '' }, socket) => {
        if (statusCode === 200) {
          resolve(socket);
          return;
        }
        socket.destroy();
        reject(new Error(`the proxy answered ${statusCode} ${statusMessage}`));
      })
      .on('error', reject)
      .end();
  });
}

function authorization({ authorization: value }: EnvironmentProxy): Record<string, string> {
  return value === undefined ? {} : { 'Proxy-Authorization': value };
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
