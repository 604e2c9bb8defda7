import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { Duplex } from 'node:stream';
import type { AnyAuthMethod, Client, ConnectConfig, ServerHostKeyAlgorithm } from 'ssh2';
import { deferred } from '../../foundation/deferred.ts';
import { MachineError } from '../machine-error.ts';
import { authentication, type Authentication } from './authentication.ts';
import { hostKeyOrder, verifyHostKey } from './host-key.ts';
import { inTime, Patience } from './patience.ts';
import type { SshContext } from './ssh-context.ts';
import type { SshTarget } from './ssh-host.ts';
import { place, seconds, timedOut, unreachable } from './unreachable.ts';

/** Connections to one address that are opened at a time: sshd drops some of more than 10 (MaxStartups). */
const STARTUPS = 6;

/** How often to try again when a server hangs up before it said a word, and the first pause in milliseconds. */
const HANGUP_TRIES = 6;
const HANGUP_PAUSE = 200;

/** Milliseconds that a server may take for each step of a login; sshd's LoginGraceTime. */
const LOGIN_TIME = 120_000;

/** What servers may fail to do. */
const HANDSHAKE = 'did not answer the SSH handshake';
const LOGIN = 'did not go on with the login';

/** Milliseconds without a sign of life after which a question is asked, and how many may stay unanswered. */
const ALIVE = { interval: 15_000, count: 3 };

/** An open connection, and those that it goes through. */
export interface OpenConnection {
  readonly client: Client;
  close(): void;
}

/**
 * Opens a connection to a host, through other hosts when the target says so.
 *
 * @throws MachineError `unreachable`, `timeout`, `auth` or `host-key`
 */
export async function openConnection(
  target: SshTarget,
  context: SshContext,
  signal: AbortSignal,
): Promise<OpenConnection> {
  const release = await takeTurn(routeTo(target), context, signal);
  try {
    for (let tries = 1; ; tries += 1) {
      const [outcome] = await Promise.allSettled([openOnce(target, context, signal)]);
      if (outcome.status === 'fulfilled') return outcome.value;
      signal.throwIfAborted();
      const { reason } = outcome as { readonly reason: unknown };
      if (!(reason instanceof HangUp)) throw reason;
      if (tries === HANGUP_TRIES) throw reason.toError(target, tries);
      await context.clock.sleep(HANGUP_PAUSE * 2 ** (tries - 1), signal);
    }
  } finally {
    release();
  }
}

/** The server closed the connection before the handshake was done: it may have too many of them. */
class HangUp extends Error {
  toError(target: SshTarget, tries: number): MachineError {
    return new MachineError(
      'unreachable',
      `${target.title} (${place(target)}) closes the connection before it says who it is: ${this.message} (tried ${tries} times)`,
      {
        host: target.title,
        step: 'connect',
        hint: 'Is it an SSH server that listens there? It may also refuse this address (fail2ban, MaxStartups): see "journalctl -u ssh" on the host.',
      },
    );
  }
}

async function openOnce(
  target: SshTarget,
  context: SshContext,
  signal: AbortSignal,
): Promise<OpenConnection> {
  const started = context.clock.now();
  // The server thinks of its greeting while the code that understands it is loaded.
  const [way, { Client: SshClient }] = await Promise.all([
    wayTo(target, context, signal),
    new Promise(setImmediate).then(() => import('./ssh2.part.ts')),
  ]);
  if (way.stream.destroyed) throw new HangUp('it closed the connection');
  const client = new SshClient();
  const close = (): void => {
    client.end();
    way.close();
  };
  try {
    await handshake(client, { target, way, context, signal, started });
  } catch (error) {
    client.destroy();
    way.close();
    throw error;
  }
  client.once('close', () => way.close());
  return { client, close };
}

interface Handshake {
  readonly target: SshTarget;
  readonly way: Way;
  readonly context: SshContext;
  readonly signal: AbortSignal;
  readonly started: number;
}

async function handshake(client: Client, details: Handshake): Promise<void> {
  const { target, context, signal } = details;
  const logins = authentication(target, context);
  const { promise: ready, resolve, reject } = deferred<void>();
  const login: Login = {
    logins,
    patience: new Patience(context.clock, (what, after) => reject(timedOut(target, what, after))),
    methods: [],
    refused: undefined,
    state: 'open',
  };
  const abort = (): void => reject(signal.reason as Error);
  ready.catch(() => undefined);
  client
    .once('ready', resolve)
    .once('handshake', () => login.patience.owed(LOGIN, LOGIN_TIME))
    .once('close', () => reject(login.refused ?? new HangUp('it closed the connection')))
    .on('error', (error: ClientError) => {
      // The next key is tried then.
      if (error.level === 'agent') logins.notSigned(error);
      else
        reject(
          login.refused ??
            translate(error, details, (tooMany) => logins.failure(login.methods, tooMany)),
        );
    });
  try {
    signal.throwIfAborted();
    signal.addEventListener('abort', abort, { once: true });
    login.patience.owed(HANDSHAKE, target.connectTimeout);
    client.connect(clientConfig(details, login));
    await ready;
    login.state = 'done';
  } catch (error) {
    login.state = 'failed';
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
    login.patience.rest();
  }
}

/** A login that is under way. */
interface Login {
  readonly logins: Authentication;
  readonly patience: Patience;
  /** Ways to log in that the server takes. */
  methods: readonly string[];
  /** Why we do not go on ourselves. */
  refused: unknown;
  state: 'open' | 'done' | 'failed';
}

function clientConfig({ target, way, context }: Handshake, login: Login): ConnectConfig {
  const { logins, patience } = login;
  /** Finds an answer to the server, which owes the next one then; nothing is told to one that was given up. */
  const think = async <T>(
    work: () => Promise<T | undefined>,
    answer: (result: T | undefined) => void,
    owed: readonly [string, number],
  ): Promise<void> => {
    patience.rest();
    const [outcome] = await Promise.allSettled([work()]);
    if (login.state === 'failed') return;
    if (outcome.status === 'rejected') login.refused = outcome.reason;
    if (login.state === 'open') patience.owed(...owed);
    answer(outcome.status === 'fulfilled' ? outcome.value : undefined);
  };
  return {
    sock: way.stream,
    username: target.user,
    // The user may think about questions for as long as it takes; what the server owes is bounded by patience.
    readyTimeout: 0,
    // Servers that are not OpenSSH say themselves that they forward no sockets.
    strictVendor: false,
    keepaliveInterval: target.aliveInterval ?? ALIVE.interval,
    keepaliveCountMax: target.aliveCount ?? ALIVE.count,
    algorithms: { serverHostKey: [...hostKeyOrder(target)] as ServerHostKeyAlgorithm[] },
    // Asked again when the connection changes its keys.
    hostVerifier: (key: Buffer, answer: (valid: boolean) => void) => {
      const verify = async (): Promise<true> => {
        await verifyHostKey(target, key, context);
        return true;
      };
      void think(verify, (valid) => answer(valid === true), [HANDSHAKE, target.connectTimeout]);
    },
    authHandler: (left, _partial, next) => {
      login.methods = left ?? login.methods;
      const go = (method: AnyAuthMethod | undefined): void => next(method ?? (false as never));
      void think(() => logins.next(), go, [LOGIN, LOGIN_TIME]);
    },
  };
}

type ClientError = Error & { readonly level?: string };

function translate(
  error: ClientError,
  { target, context, started }: Handshake,
  authFailure: (tooMany: boolean) => MachineError,
): Error {
  if (/^too many authentication failures/i.test(error.message)) return authFailure(true);
  if (error.level === 'client-authentication') return authFailure(false);
  if (error.level === 'client-socket' || /before handshake|ECONNRESET/.test(error.message)) {
    return new HangUp(error.message);
  }
  const took = seconds(context.clock.now() - started);
  return new MachineError(
    'unreachable',
    `cannot connect to ${target.title} (${place(target)}): ${error.message} (after ${took})`,
    { host: target.title, step: 'connect', cause: error },
  );
}

/** A stream to a server that SSH is spoken over. */
interface Way {
  readonly stream: Duplex;
  close(): void;
}

async function wayTo(target: SshTarget, context: SshContext, signal: AbortSignal): Promise<Way> {
  if (target.proxyCommand !== undefined) return throughCommand(target.proxyCommand);
  const jump = target.jumps.at(-1);
  if (jump === undefined) return direct(target, context, signal);
  const before = await openConnection(
    { ...jump, jumps: target.jumps.slice(0, -1) },
    context,
    signal,
  );
  const opening = new Promise<Duplex>((resolve, reject) => {
    before.client.forwardOut('127.0.0.1', 0, target.address, target.port, (error, channel) => {
      if (error === undefined) resolve(channel);
      else reject(error);
    });
  });
  try {
    const stream = await inTime(opening, {
      clock: context.clock,
      signal,
      time: target.connectTimeout,
      late: () => new Error(`no answer within ${seconds(target.connectTimeout)}`),
    });
    return { stream, close: () => before.close() };
  } catch (error) {
    before.close();
    signal.throwIfAborted();
    throw new MachineError(
      'unreachable',
      `cannot reach ${target.title} (${place(target)}) through ${jump.title}: ${(error as Error).message}`,
      { host: target.title, step: 'connect', cause: error },
    );
  }
}

async function direct(target: SshTarget, context: SshContext, signal: AbortSignal): Promise<Way> {
  const started = context.clock.now();
  const socket = connectSocket({ host: target.address, port: target.port });
  try {
    await inTime(once(socket, 'connect'), {
      clock: context.clock,
      signal,
      time: target.connectTimeout,
      late: () => timedOut(target, 'does not answer', target.connectTimeout),
    });
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    if (error instanceof MachineError) throw error;
    throw unreachable(target, error, context.clock.now() - started);
  }
  socket.setNoDelay(true);
  // Nobody may listen yet who understands it; that it is destroyed then is enough.
  socket.on('error', () => undefined);
  return { stream: socket, close: () => socket.destroy() };
}

function throughCommand(command: string): Way {
  const child = spawn('sh', ['-c', `exec ${command}`], { stdio: ['pipe', 'pipe', 'inherit'] });
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  child.on('error', (error) => stream.destroy(error));
  child.stdin.on('error', () => undefined);
  return { stream, close: () => void child.kill('SIGHUP') };
}

/** Names the server that is meant: one address may be another server behind another jump. */
function routeTo(target: SshTarget): string {
  return [...target.jumps, target].map(place).join(' ');
}

/** Waits until fewer connections to an address are being opened. The result ends the turn. */
async function takeTurn(
  address: string,
  { opening, clock }: SshContext,
  signal: AbortSignal,
): Promise<() => void> {
  while ((opening.get(address) ?? 0) >= STARTUPS) await clock.sleep(20, signal);
  opening.set(address, (opening.get(address) ?? 0) + 1);
  return () => opening.set(address, (opening.get(address) ?? 1) - 1);
}
