import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeHolder, formatHolder, parseHolder, type LockHolder } from './lock-holder.ts';

/** Milliseconds between two tries when the holder cannot be reached. */
const RETRY = 50;
/** Milliseconds that a holder has to say who it is. */
const PATIENCE = 1000;
/** Characters of what a holder says that are read. */
const MOST = 4000;

/** What is locked. */
export interface LockedThing {
  /** Kind of thing, a word: `project`, `machine`. */
  readonly kind: string;
  /** Names it among all of its kind on this machine. */
  readonly key: string;
}

export interface SocketLockOptions {
  readonly holder: LockHolder;
  /** Milliseconds; undefined: as long as it takes, 0: not at all. */
  readonly timeout: number | undefined;
  /** Called once, with who is waited for, before waiting begins. */
  readonly onWait: (holder: string) => void;
  /** The failure to throw when the time is over, which names the holder. */
  readonly timedOut: (holder: string) => Error;
  readonly signal: AbortSignal;
}

/** Held until it is released, or until the process ends in whatever way. */
export interface SocketLock {
  release(): void;
}

/**
 * Keeps other processes of this machine from changing the same thing. The lock is a listening socket that the
 * kernel closes with its process, so a holder that was killed holds nothing; those who wait are connected to it,
 * learn who holds it and notice when it ends.
 *
 * @throws what `timedOut` gives when the time is over; the signal's reason
 */
export async function takeSocketLock(
  thing: LockedThing,
  options: SocketLockOptions,
): Promise<SocketLock> {
  const path = socketPath(thing);
  const over = options.timeout === undefined ? undefined : AbortSignal.timeout(options.timeout);
  let told = false;
  for (;;) {
    options.signal.throwIfAborted();
    const lock = await listen(path, options.holder);
    if (lock !== undefined) return lock;
    const holding = await meetHolder(path);
    if (holding === undefined) continue;
    const { socket, holder } = holding;
    try {
      const words = describeHolder(holder, Date.now());
      if (options.timeout === 0 || over?.aborted === true) throw options.timedOut(words);
      if (!told) options.onWait(words);
      told = true;
      await closed(socket, [options.signal, ...(over === undefined ? [] : [over])]);
    } finally {
      socket.destroy();
    }
  }
}

/** An abstract socket where there are such: it is nowhere in the file system and leaves nothing behind. */
function socketPath({ kind, key }: LockedThing): string {
  const hash = createHash('sha256').update(key).digest('hex').slice(0, 32);
  return process.platform === 'linux'
    ? `\0tcompose/${kind}/${hash}`
    : join(tmpdir(), `tcompose-${kind}-${hash}.sock`);
}

/** The lock itself; undefined when somebody has it. */
function listen(path: string, holder: LockHolder): Promise<SocketLock | undefined> {
  const waiting = new Set<Socket>();
  const server = createServer((socket) => {
    waiting.add(socket);
    socket.on('close', () => waiting.delete(socket));
    socket.on('error', () => undefined);
    socket.unref();
    socket.resume();
    socket.write(formatHolder(holder));
  });
  // Waiting for those who ask does not keep the process alive.
  server.unref();
  const release = (): void => {
    server.close();
    for (const socket of waiting) socket.destroy();
  };
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(path, () => {
      resolve({ release });
    });
  });
}

interface Holding {
  /** Closes when the lock is free. */
  readonly socket: Socket;
  /** Undefined when the holder does not say who it is. */
  readonly holder: LockHolder | undefined;
}

/** The holder of a lock; undefined when it is gone already. */
async function meetHolder(path: string): Promise<Holding | undefined> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
  } catch {
    // What a killed process left of a socket in the file system; nothing where it is abstract.
    if (!path.startsWith('\0')) rmSync(path, { force: true });
    await sleep(RETRY);
    return undefined;
  }
  let said = '';
  socket.setEncoding('utf8');
  socket.on('data', (text: string) => {
    said = (said + text).slice(0, MOST);
  });
  socket.on('error', () => undefined);
  const either = [once(socket, 'data'), once(socket, 'close')];
  await Promise.race([...either, sleep(PATIENCE, undefined, { ref: false })]).catch(
    () => undefined,
  );
  return { socket, holder: parseHolder(said) };
}

/** Resolves when a socket is closed, or one of the signals is aborted. */
async function closed(socket: Socket, signals: readonly AbortSignal[]): Promise<void> {
  if (socket.closed) return;
  try {
    await once(socket, 'close', { signal: AbortSignal.any([...signals]) });
  } catch {
    // The caller looks at its signals.
  }
}
