import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { Duplex } from 'node:stream';
import type { Client, ServerHostKeyAlgorithm } from 'ssh2';
import { MachineError } from '../machine-error.ts';
import { authentication } from './authentication.ts';
import { hostKeyOrder, verifyHostKey } from './host-key.ts';
import type { SshContext } from './ssh-context.ts';
import type { SshTarget } from './ssh-host.ts';

/** Connections to one address that are opened at a time: sshd drops some of more than 10 (MaxStartups). */
const STARTUPS = 6;

/** How often to try again when a server hangs up before it said a word, and the first pause in milliseconds. */
const HANGUP_TRIES = 6;
const HANGUP_PAUSE = 200;

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
  const release = await takeTurn(`${target.address}:${target.port}`, context, signal);
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
  const way = await wayTo(target, context, signal);
  const { Client: SshClient } = await import('./ssh2.part.ts');
  const client = new SshClient();
  const close = (): void => {
    client.end();
    way.close();
  };
  try {
    await handshake(client, { target, way, context, signal, started });
  } catch (error) {
    client.on('error', () => undefined);
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
  const { target, way, context, signal } = details;
  const logins = await authentication(target, context);
  let refused: unknown;
  let methods: readonly string[] = [];
  const ready = new Promise<void>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    signal.addEventListener('abort', abort, { once: true });
    client.once('ready', () => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    client.on('error', (error: Error & { readonly level?: string }) => {
      // The next key is tried then.
      if (error.level === 'agent') logins.refusedByAgent(error.message);
      else reject(refused ?? translate(error, details, () => logins.failure(methods)));
    });
    client.once('close', () => reject(refused ?? new HangUp('it closed the connection')));
  });
  client.connect({
    sock: way.stream,
    username: target.user,
    // Nothing ends the wait for a passphrase or an answer about a key; the way itself has been waited for already.
    readyTimeout: 0,
    // Servers that are not OpenSSH say themselves that they forward no sockets.
    strictVendor: false,
    keepaliveInterval: target.aliveInterval ?? ALIVE.interval,
    keepaliveCountMax: target.aliveCount ?? ALIVE.count,
    algorithms: { serverHostKey: [...hostKeyOrder(target)] as ServerHostKeyAlgorithm[] },
    hostVerifier: (key: Buffer, answer: (valid: boolean) => void) => {
      void settle(verifyHostKey(target, key, context), (outcome) => {
        if (outcome.status === 'rejected') refused = outcome.reason;
        answer(outcome.status === 'fulfilled');
      });
    },
    authHandler: (left, _partial, next) => {
      methods = left ?? methods;
      void settle(logins.next(), (outcome) => {
        if (outcome.status === 'rejected') refused = outcome.reason;
        const method = outcome.status === 'fulfilled' ? outcome.value : undefined;
        next(method ?? (false as never));
      });
    },
  });
  await Promise.race([ready, greeted(client, details)]);
  await ready;
}

/** Tells what came of a promise. */
async function settle<T>(
  promise: Promise<T>,
  then: (outcome: PromiseSettledResult<T>) => void,
): Promise<void> {
  const [outcome] = await Promise.allSettled([promise]);
  then(outcome);
}

/** Fails when the server does not begin to speak in time: what listens there may be something else. */
async function greeted(client: Client, { target, context, signal }: Handshake): Promise<void> {
  const done = new AbortController();
  const stop = (): void => done.abort(new Error('done'));
  client.once('handshake', stop).once('ready', stop).once('close', stop);
  const either = AbortSignal.any([signal, done.signal]);
  const [outcome] = await Promise.allSettled([context.clock.sleep(target.connectTimeout, either)]);
  if (outcome.status === 'rejected') return;
  throw timedOut(target, 'did not answer the SSH handshake', target.connectTimeout);
}

function translate(
  error: Error & { readonly level?: string; readonly code?: string },
  { target, context, started }: Handshake,
  authFailure: () => MachineError,
): Error {
  if (error.level === 'client-authentication') return authFailure();
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
  const stream = await new Promise<Duplex>((resolve, reject) => {
    before.client.forwardOut('127.0.0.1', 0, target.address, target.port, (error, channel) => {
      if (error === undefined) resolve(channel);
      else reject(error);
    });
  }).catch((error: unknown) => {
    before.close();
    throw new MachineError(
      'unreachable',
      `cannot reach ${target.title} (${place(target)}) through ${jump.title}: ${(error as Error).message}`,
      { host: target.title, step: 'connect', cause: error },
    );
  });
  return { stream, close: () => before.close() };
}

async function direct(target: SshTarget, context: SshContext, signal: AbortSignal): Promise<Way> {
  const started = context.clock.now();
  const socket = connectSocket({ host: target.address, port: target.port });
  const stop = new AbortController();
  const late = context.clock.sleep(target.connectTimeout, AbortSignal.any([signal, stop.signal]));
  const connected = once(socket, 'connect');
  late.catch(() => undefined);
  connected.catch(() => undefined);
  try {
    await Promise.race([
      connected,
      late.then(() => Promise.reject(timedOut(target, 'does not answer', target.connectTimeout))),
    ]);
  } catch (error) {
    socket.destroy();
    signal.throwIfAborted();
    if (error instanceof MachineError) throw error;
    throw unreachable(target, error, context.clock.now() - started);
  } finally {
    stop.abort(new Error('done'));
  }
  socket.setNoDelay(true);
  return { stream: socket, close: () => socket.destroy() };
}

function throughCommand(command: string): Way {
  const child = spawn('sh', ['-c', `exec ${command}`], { stdio: ['pipe', 'pipe', 'inherit'] });
  const stream = Duplex.from({ readable: child.stdout, writable: child.stdin });
  child.on('error', (error) => stream.destroy(error));
  child.stdin.on('error', () => undefined);
  return { stream, close: () => void child.kill('SIGHUP') };
}

const REASONS: Readonly<Record<string, { readonly text: string; readonly hint: string }>> = {
  ECONNREFUSED: {
    text: 'nothing listens there (connection refused)',
    hint: 'Check the port, and that sshd runs on the host: "systemctl status ssh".',
  },
  ENOTFOUND: { text: 'there is no such name', hint: 'Check how the host is spelt.' },
  EAI_AGAIN: {
    text: 'its name could not be looked up',
    hint: 'Check the network of this computer: names cannot be resolved at the moment.',
  },
  EHOSTUNREACH: {
    text: 'no way leads there (no route to host)',
    hint: 'Check that the host is up and that this computer is in the right network or VPN.',
  },
  ENETUNREACH: {
    text: 'no way leads there (network is unreachable)',
    hint: 'Check the network of this computer.',
  },
  ETIMEDOUT: {
    text: 'it does not answer',
    hint: 'Check that the host is up and that its firewall lets this computer in.',
  },
};

function unreachable(target: SshTarget, error: unknown, took: number): MachineError {
  const {
    code = '',
    message,
    errors,
  } = error as NodeJS.ErrnoException & {
    errors?: NodeJS.ErrnoException[];
  };
  const first = errors?.[0]?.code;
  const reason = REASONS[code] ?? REASONS[first ?? ''];
  return new MachineError(
    'unreachable',
    `cannot reach ${target.title} (${place(target)}): ${reason?.text ?? message} (tried for ${seconds(took)})`,
    {
      host: target.title,
      step: 'connect',
      cause: error,
      ...(reason === undefined ? {} : { hint: reason.hint }),
    },
  );
}

function timedOut(target: SshTarget, what: string, after: number): MachineError {
  return new MachineError(
    'unreachable',
    `cannot reach ${target.title} (${place(target)}): it ${what} (waited ${seconds(after)})`,
    {
      host: target.title,
      step: 'connect',
      hint: 'Check that the host is up and that its firewall lets this computer in.',
    },
  );
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

function place({ address, port }: SshTarget): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
