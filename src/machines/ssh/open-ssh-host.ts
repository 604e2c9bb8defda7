import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { Client, ClientChannel, SFTPWrapper } from 'ssh2';
import { shellCommand } from '../../foundation/shell-quote.ts';
import { MachineError } from '../machine-error.ts';
import { ChannelSocket } from './channel-socket.ts';
import { openConnection, type OpenConnection } from './connect.ts';
import { RemoteFiles } from './remote-files.ts';
import { followCommand, lost, markedCommand, watchExit, type Exit } from './run-command.ts';
import { followShell } from './run-shell.ts';
import { Sessions } from './sessions.ts';
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

/** A host by what is known of it. Nothing is connected to before it is needed. */
export function openSshHost(target: SshTarget, context: SshContext): SshStreams {
  return new Host(target, context);
}

/** An open connection with what runs over it. */
interface Line extends OpenConnection {
  readonly sessions: Sessions;
  files?: Promise<RemoteFiles>;
  /** Calls that use the files just now. */
  fileCalls: number;
  /** Ends the session of the files. */
  endFiles?: () => void;
}

class Host implements SshStreams {
  readonly target: SshTarget;
  readonly #context: SshContext;
  #line: Promise<Line> | undefined;
  #wasOpen = false;
  #closed = false;

  constructor(target: SshTarget, context: SshContext) {
    this.target = target;
    this.#context = context;
  }

  async connect(signal: AbortSignal): Promise<void> {
    await this.#open(signal);
  }

  async run(argv: readonly string[], options: RunOptions): Promise<RunResult> {
    const line = await this.#open(options.signal);
    const mark = `tcompose-${randomBytes(8).toString('hex')}`;
    const command = markedCommand(argv, options.env, mark);
    const session = await line.sessions.open(
      () => this.#session(line, argv, (done) => line.client.exec(command, done)),
      options.signal,
    );
    try {
      const aside = (text: string): void => {
        line.client.exec(text, (error, other) => {
          if (error === undefined) other.on('error', () => undefined).resume();
        });
      };
      return await followCommand({ ...session, argv, mark, target: this.target, aside }, options);
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
    const session = await line.sessions.open(
      () =>
        this.#session(line, words, (done) => {
          if (words.length > 0) line.client.exec(command, tty ? { pty } : {}, done);
          else line.client.shell(tty ? pty : false, done);
        }),
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
    await this.#withFiles(signal, (files) => files.write(path, content, mode));
  }

  async readFile(path: string, signal: AbortSignal): Promise<Uint8Array> {
    return await this.#withFiles(signal, (files) => files.read(path));
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
    const channel = await this.#channel(client, [], (done) => {
      if ('socket' in to) client.openssh_forwardOutStreamLocal(to.socket, done);
      else client.forwardOut('127.0.0.1', 0, to.host, to.port, done);
    });
    return new ChannelSocket(channel, client);
  }

  async stream(argv: readonly string[], signal: AbortSignal): Promise<Duplex> {
    const line = await this.#open(signal);
    const { channel } = await line.sessions.open(
      () => this.#session(line, argv, (done) => line.client.exec(shellCommand(argv), done)),
      signal,
    );
    channel.stderr.resume();
    channel.once('close', () => line.sessions.release());
    return new ChannelSocket(channel, line.client);
  }

  close(): void {
    this.#closed = true;
    const line = this.#line;
    this.#line = undefined;
    void line?.then(
      (open) => open.close(),
      () => undefined,
    );
  }

  async #open(signal: AbortSignal): Promise<Line> {
    signal.throwIfAborted();
    if (this.#closed)
      throw new MachineError('failed', `the connection to ${this.target.title} was closed`);
    if (this.#line === undefined) {
      const opening = this.#connect(signal);
      this.#line = opening;
      opening.then(
        (line) => line.client.once('close', () => this.#forget(opening)),
        () => this.#forget(opening),
      );
    }
    const opening = this.#line;
    const [outcome] = await Promise.allSettled([opening]);
    if (outcome.status === 'fulfilled') return outcome.value;
    signal.throwIfAborted();
    throw outcome.reason;
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
        outcome.value.client.on('error', () => undefined).setMaxListeners(0);
        const makeRoom = (): void => {
          if (line.fileCalls === 0) line.endFiles?.();
        };
        const sessions = new Sessions(this.target.title, this.#context.clock, makeRoom);
        const line: Line = { ...outcome.value, sessions, fileCalls: 0 };
        return line;
      }
      const { reason } = outcome as { readonly reason: unknown };
      const hopeful = reason instanceof MachineError && reason.kind === 'unreachable';
      if (!this.#wasOpen || !hopeful || tries === RECONNECTS) throw reason;
      await this.#context.clock.sleep(PAUSE * 2 ** tries, signal);
    }
  }

  async #withFiles<T>(signal: AbortSignal, work: (files: RemoteFiles) => Promise<T>): Promise<T> {
    const line = await this.#open(signal);
    line.fileCalls += 1;
    try {
      line.files ??= this.#openFiles(line, signal);
      const opening = line.files;
      opening.catch(() => delete line.files);
      const files = await opening;
      // A connection that ends takes the answers with it.
      return await orLost(line.client, work(files), () => lost(this.target, []));
    } finally {
      line.fileCalls -= 1;
      line.sessions.settle();
    }
  }

  async #openFiles(line: Line, signal: AbortSignal): Promise<RemoteFiles> {
    const sftp = await line.sessions.open(
      () => this.#channel<SFTPWrapper>(line.client, [], (done) => line.client.sftp(done)),
      signal,
    );
    sftp.once('close', () => line.sessions.release());
    line.endFiles = () => {
      delete line.files;
      delete line.endFiles;
      sftp.end();
    };
    return new RemoteFiles(sftp, this.target);
  }

  /** A channel of a command, whose end is watched from its beginning. */
  async #session(
    { client }: Line,
    argv: readonly string[],
    open: (done: (error: Error | undefined, channel: ClientChannel) => void) => void,
  ): Promise<{ readonly channel: ClientChannel; readonly exit: Exit }> {
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
