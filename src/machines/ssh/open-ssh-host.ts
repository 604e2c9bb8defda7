import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Client, ClientChannel, SFTPWrapper } from 'ssh2';
import { MachineError } from '../machine-error.ts';
import { ChannelSocket } from './channel-socket.ts';
import { Mark, markedCommand } from './command-mark.ts';
import { openConnection, type OpenConnection } from './connect.ts';
import { unlessAborted } from './patience.ts';
import { RemoteFiles } from './remote-files.ts';
import { followCommand, lost, watchExit, type Exit } from './run-command.ts';
import { followShell } from './run-shell.ts';
import { isShortage, Sessions } from './sessions.ts';
import type { SshContext } from './ssh-context.ts';
import type {
  RunOptions,
  RunResult,
  ShellOptions,
  SshStreams,
  SshTarget,
  TransferOptions,
} from './ssh-host.ts';

/** How often a connection that was lost is opened again before that fails, and the first pause in milliseconds. */
const RECONNECTS = 4;
const PAUSE = 500;

/** Milliseconds that a host has to close a channel that it has ended. */
const CLOSING = 1000;

/** A host by what is known of it. Nothing is connected to before it is needed. */
export function openSshHost(target: SshTarget, context: SshContext): SshStreams {
  return new Host(target, context);
}

/** An open connection with what runs over it. */
interface Line extends OpenConnection {
  readonly sessions: Sessions;
  files?: FilesChannel;
}

/** What files are read and written over; `gone` resolves to what happened when it answers no more. */
interface OpenFiles {
  readonly sftp: SFTPWrapper;
  readonly gone: Promise<MachineError>;
}

/** The channel of files, which takes a session as commands do. */
interface FilesChannel {
  readonly opening: Promise<OpenFiles>;
  /** How many read, write or copy, or wait for that. */
  users: number;
}

class Host implements SshStreams {
  readonly target: SshTarget;
  readonly #context: SshContext;
  #line: Promise<Line> | undefined;
  #wasOpen = false;
  readonly #closed = new AbortController();

  constructor(target: SshTarget, context: SshContext) {
    this.target = target;
    this.#context = context;
  }

  async connect(signal: AbortSignal): Promise<void> {
    await this.#open(signal);
  }

  async run(argv: readonly string[], options: RunOptions): Promise<RunResult> {
    const line = await this.#open(options.signal);
    const mark = newMark();
    const command = markedCommand(argv, options.env, mark);
    const aside = (text: string): Promise<void> => runAside(line.client, text);
    const follow = (session: Session): Promise<RunResult> =>
      followCommand({ ...session, argv, mark, target: this.target, aside }, options);
    const opening = (): Promise<Session> =>
      this.#session(line, argv, (done) => line.client.exec(command, done));
    const session = await line.sessions.open(
      // A command that begins although it was given up is followed to be ended.
      () => unlessAborted(opening(), options.signal, (late) => void follow(late).catch(nothing)),
      options.signal,
    );
    try {
      return await follow(session);
    } finally {
      line.sessions.release();
    }
  }

  async shell(options: ShellOptions): Promise<number> {
    const line = await this.#open(options.signal);
    const { words, tty, size } = options;
    const command = words.join(' ');
    const terminal = this.#context.env['TERM'] ?? 'vt100';
    const { columns: cols = 80, rows = 24 } = size?.() ?? {};
    const pty = { term: terminal, cols, rows, width: 0, height: 0 };
    const opening = (): Promise<Session> =>
      this.#session(line, words, (done) => {
        if (words.length > 0) line.client.exec(command, tty ? { pty } : {}, done);
        else line.client.shell(tty ? pty : false, done);
      });
    const session = await line.sessions.open(
      () => unlessAborted(opening(), options.signal, destroySession),
      options.signal,
    );
    try {
      return await followShell(session, options, this.target);
    } finally {
      line.sessions.release();
    }
  }

  async writeFile(
    path: string,
    content: string | Uint8Array,
    { mode, signal }: { readonly mode: number; readonly signal: AbortSignal },
  ): Promise<void> {
    await this.#withFiles(signal, (files) =>
      unlessAborted(files.write(path, content, mode), signal),
    );
  }

  async readFile(path: string, signal: AbortSignal): Promise<Uint8Array> {
    return await this.#withFiles(signal, (files) => unlessAborted(files.read(path), signal));
  }

  async upload(from: string, to: string, options: TransferOptions): Promise<void> {
    await this.#withFiles(options.signal, (files) => files.upload(from, to, options));
  }

  async download(from: string, to: string, options: TransferOptions): Promise<void> {
    await this.#withFiles(options.signal, (files) => files.download(from, to, options));
  }

  async forward(
    to: { readonly socket: string } | { readonly host: string; readonly port: number },
    signal: AbortSignal,
  ): Promise<Duplex> {
    const { client } = await this.#open(signal);
    const opening = this.#channel(client, [], (done) => {
      if ('socket' in to) client.openssh_forwardOutStreamLocal(to.socket, done);
      else client.forwardOut('127.0.0.1', 0, to.host, to.port, done);
    });
    return new ChannelSocket(
      await unlessAborted(opening, signal, (late) => late.destroy()),
      client,
    );
  }

  async stream(argv: readonly string[], signal: AbortSignal): Promise<Duplex> {
    const line = await this.#open(signal);
    const mark = newMark();
    const command = markedCommand(argv, undefined, mark);
    const opening = (): Promise<Session> =>
      this.#session(line, argv, (done) => line.client.exec(command, done));
    const { channel } = await line.sessions.open(
      () => unlessAborted(opening(), signal, destroySession),
      signal,
    );
    channel.stderr.resume();
    channel.once('close', () => line.sessions.release());
    return new ChannelSocket(channel, line.client, new Mark(mark, 'dropped'));
  }

  close(): void {
    const line = this.#line;
    this.#line = undefined;
    this.#closed.abort(
      new MachineError('failed', `the connection to ${this.target.title} was closed`),
    );
    line?.then((open) => open.close(), nothing);
  }

  /** The connection is opened for all who need it: who gives up only stops waiting. */
  async #open(signal: AbortSignal): Promise<Line> {
    signal.throwIfAborted();
    this.#closed.signal.throwIfAborted();
    if (this.#line === undefined) {
      const opening = this.#connect(this.#closed.signal);
      this.#line = opening;
      opening.then(
        (line) => line.client.once('close', () => this.#forget(opening)),
        () => this.#forget(opening),
      );
    }
    return await unlessAborted(this.#line, signal);
  }

  #forget(line: Promise<Line>): void {
    if (this.#line === line) this.#line = undefined;
  }

  /** The first connection fails at once, so that the user knows; one that was lost may come back. */
  async #connect(signal: AbortSignal): Promise<Line> {
    for (let tries = 0; ; tries += 1) {
      const [outcome] = await Promise.allSettled([
        openConnection(this.target, this.#context, signal),
      ]);
      if (outcome.status === 'fulfilled') {
        this.#wasOpen = true;
        outcome.value.client.on('error', nothing).setMaxListeners(0);
        const makeRoom = (): void => endIdleFiles(line);
        const sessions = new Sessions(this.target.title, this.#context.clock, makeRoom);
        const line: Line = { ...outcome.value, sessions };
        return line;
      }
      const { reason } = outcome as { readonly reason: unknown };
      const hopeful = reason instanceof MachineError && reason.kind === 'unreachable';
      if (!this.#wasOpen || !hopeful || tries === RECONNECTS) throw reason;
      await this.#context.clock.sleep(PAUSE * 2 ** tries, signal);
    }
  }

  /** Copies see to what they leave when they are given up, so they are waited for. */
  async #withFiles<T>(signal: AbortSignal, work: (files: RemoteFiles) => Promise<T>): Promise<T> {
    const line = await this.#open(signal);
    const used = (line.files ??= this.#openFiles(line));
    used.users += 1;
    try {
      const { sftp, gone } = await unlessAborted(used.opening, signal);
      return await work(new RemoteFiles(sftp, this.target, gone));
    } finally {
      used.users -= 1;
      if (line.sessions.awaited) endIdleFiles(line);
    }
  }

  #openFiles(line: Line): FilesChannel {
    const open = async (): Promise<OpenFiles> => {
      const sftp = await line.sessions.open(
        () =>
          this.#channel<SFTPWrapper>(line.client, [], (done) => line.client.sftp(done)).catch(
            (error: unknown) => {
              if (error instanceof MachineError || isShortage(error)) throw error;
              throw noFiles(this.target, (error as Error).message);
            },
          ),
        this.#closed.signal,
      );
      let connected = true;
      line.client.once('close', () => (connected = false));
      const gone = new Promise<MachineError>((resolve) => {
        const ended = 'its program for files has ended';
        const tell = (): void =>
          resolve(connected ? noFiles(this.target, ended) : lost(this.target, []));
        // Nothing is answered from here on; whoever does not close what has ended is not waited for.
        const closed = new AbortController();
        sftp.once('end', () => {
          void this.#context.clock.sleep(CLOSING, closed.signal).then(tell, nothing);
        });
        sftp.once('close', () => {
          closed.abort();
          forget();
          // Where the host has begun to close it, ssh2 does not answer, and the session would stay in use there.
          sftp.end();
          line.sessions.release();
          // A connection that ends closes its channels first.
          setImmediate(tell);
        });
      });
      return { sftp, gone };
    };
    const channel: FilesChannel = { opening: open(), users: 0 };
    const forget = (): void => {
      if (line.files === channel) delete line.files;
    };
    channel.opening.catch(forget);
    return channel;
  }

  /** A channel of a command, whose end is watched from its beginning. */
  async #session(
    { client }: Line,
    argv: readonly string[],
    open: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
  ): Promise<Session> {
    let exit: Exit = {};
    const channel = await this.#channel(client, argv, (done) => {
      open((error, opened) => {
        if (error === undefined) exit = watchExit(opened);
        done(error, opened);
      });
    });
    return { channel, exit };
  }

  async #channel<T = ClientChannel>(
    client: Client,
    argv: readonly string[],
    open: (done: (error: Error | undefined, channel: T) => void) => void,
  ): Promise<T> {
    const opening = new Promise<T>((resolve, reject) => {
      const opened = (error: Error | undefined, channel: T): void => {
        if (error) reject(error);
        else resolve(channel);
      };
      try {
        open(opened);
      } catch {
        reject(lost(this.target, argv));
      }
    });
    return await orLost(client, opening, () => lost(this.target, argv));
  }
}

/** A command that runs on the host. */
interface Session {
  readonly channel: ClientChannel;
  readonly exit: Exit;
}

function newMark(): string {
  return `tcompose-${randomBytes(8).toString('hex')}`;
}

function nothing(): void {
  // What failed is told to somebody else, or to nobody any more.
}

function destroySession({ channel }: Session): void {
  channel.destroy();
}

/** Ends the channel of files when nobody needs it; the next who does gets another one. */
function endIdleFiles(line: Line): void {
  const idle = line.files;
  if (idle === undefined || idle.users > 0) return;
  delete line.files;
  idle.opening.then(({ sftp }) => sftp.end(), nothing);
}

/** Runs a line of which nobody wants to know more than when it is over. */
function runAside(client: Client, command: string): Promise<void> {
  return new Promise((resolve) => {
    try {
      client.exec(command, (error, channel) => {
        if (error === undefined) channel.on('error', nothing).once('close', resolve).resume();
        else resolve();
      });
    } catch {
      // The connection is over.
      resolve();
    }
  });
}

/** Fails when the connection ends before there is a result. */
async function orLost<T>(client: Client, result: Promise<T>, why: () => Error): Promise<T> {
  let ended = (): void => undefined;
  const loss = new Promise<never>((_resolve, reject) => {
    ended = () => reject(why());
    client.once('close', ended);
  });
  try {
    return await Promise.race([result, loss]);
  } finally {
    client.off('close', ended);
  }
}

/** The failure of a host that has no SFTP for a user. */
function noFiles({ title, user }: SshTarget, why: string): MachineError {
  const [, length] = /^Packet length (\d+) /.exec(why) ?? [];
  if (length !== undefined) {
    // Four letters were taken for a number.
    const said = Buffer.from(Number(length).toString(16).padStart(8, '0'), 'hex').toString(
      'latin1',
    );
    const text = `what the shell of ${user} prints comes before the answer: ${JSON.stringify(said)} …`;
    return new MachineError('failed', `files of ${title} cannot be reached as ${user}: ${text}`, {
      host: title,
      hint: `Let ~${user}/.bashrc, or what that shell reads, print nothing where there is no terminal: "[ -t 1 ] || return" before it does.`,
    });
  }
  return new MachineError('failed', `files of ${title} cannot be reached as ${user}: ${why}`, {
    host: title,
    hint: 'sshd_config on the host needs a line "Subsystem sftp …", and the user a shell that works.',
  });
}
