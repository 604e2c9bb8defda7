import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import type { Clock } from '../../foundation/clock.ts';
import { MachineError } from '../machine-error.ts';
import type { SshDestination } from './resolve-target.ts';

/** A way to a socket on a host that the machine's own `ssh` keeps open. */
export interface Tunnel {
  /** A stream to the socket. */
  open(): Promise<Duplex>;
  close(): void;
}

export interface TunnelRequest {
  /** Path of `ssh`. */
  readonly program: string;
  readonly destination: SshDestination;
  /** Path on the host. */
  readonly socket: string;
  /** Whether `ssh` may ask for passwords and the like, which it does by `SSH_ASKPASS`: it has no terminal. */
  readonly asks: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Milliseconds between looks whether `ssh` has logged in. */
const PAUSE = 20;

/** Characters of what `ssh` says that are kept, to tell why it failed. */
const SAID = 4000;

/**
 * Has `ssh` forward a socket of a host to one in a folder that only this user can enter. It ends with this process, also
 * when that is killed, for then the input of its command on the host ends.
 *
 * @throws MachineError `auth` with what `ssh` said when it ends before it has logged in; the signal's reason
 */
export async function openTunnel(request: TunnelRequest): Promise<Tunnel> {
  const { clock, signal } = request;
  signal.throwIfAborted();
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-ssh-'));
  const path = join(folder, 'engine');
  const ssh = start(request, path);
  const close = (): void => {
    process.off('exit', close);
    ssh.child.kill();
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', close);
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  try {
    const first = await Promise.race([ssh.ended, answering(path, clock, either)]);
    return { open: reusing(first, path), close };
  } catch (error) {
    close();
    signal.throwIfAborted();
    throw error;
  } finally {
    stop.abort(new Error('done'));
  }
}

interface RunningSsh {
  readonly child: ChildProcess;
  /** Never fulfilled. */
  readonly ended: Promise<never>;
}

function start(
  { program, destination, socket, asks, env }: TunnelRequest,
  path: string,
): RunningSsh {
  const { host, user, port } = destination;
  const options = [
    // One that is open is used; this one is not left open for others.
    'ControlMaster=no',
    'RequestTTY=no',
    'RemoteCommand=none',
    'ForkAfterAuthentication=no',
    'StdinNull=no',
    ...(asks ? [] : ['BatchMode=yes']),
  ];
  const words = [
    ...options.flatMap((option) => ['-o', option]),
    '-L',
    `${path}:${socket}`,
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(user === undefined ? [] : ['-l', user]),
    '--',
    host,
    'cat',
  ];
  // In a session of its own, Ctrl-C does not end it before this process is done.
  const child = spawn(program, words, {
    env,
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: true,
  });
  let said = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-SAID);
  });
  child.stdin?.on('error', () => undefined);
  const ended = new Promise<never>((_resolve, reject) => {
    child.once('error', (error) => reject(new MachineError('auth', error.message)));
    child.once('close', () => {
      const lines = said.split(/\r?\n/).filter((line) => line.trim() !== '');
      reject(new MachineError('auth', lines.at(-1)?.trim() ?? 'it ended without a word'));
    });
  });
  ended.catch(() => undefined);
  return { child, ended };
}

/** Waits until somebody listens at a socket; the first stream to it. */
async function answering(path: string, clock: Clock, signal: AbortSignal): Promise<Duplex> {
  for (;;) {
    const stream = await streamTo(path).catch(() => undefined);
    if (stream !== undefined) return stream;
    await clock.sleep(PAUSE, signal);
  }
}

function streamTo(path: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const stream = connect(path);
    stream.once('error', reject).once('connect', () => {
      stream.off('error', reject);
      resolve(stream);
    });
  });
}

/** Opens streams, the first of which there is already. */
function reusing(first: Duplex, path: string): () => Promise<Duplex> {
  let ready: Duplex | undefined = first.on('error', () => undefined);
  return async () => {
    const stream = ready;
    ready = undefined;
    return stream === undefined || stream.destroyed ? await streamTo(path) : stream;
  };
}
