import { constants } from 'node:os';
import { Readable } from 'node:stream';
import type { ClientChannel } from 'ssh2';
import { shellCommand } from '../../foundation/shell-quote.ts';
import { MachineError } from '../machine-error.ts';
import { Mark } from './command-mark.ts';
import type { RunOptions, RunResult, SshTarget } from './ssh-host.ts';

/** How much of each stream is kept: the end of it. */
const KEPT = 4 * 1024 * 1024;

/** How long a command may take to end when it was asked to, in milliseconds. */
const GRACE = 3_000;

/** Exit code of what ended by a signal, as shells give it. */
export function signalCode(name: string): number {
  const signals = constants.signals as Readonly<Record<string, number>>;
  return 128 + (signals[name.startsWith('SIG') ? name : `SIG${name}`] ?? 0);
}

/** How a command ended, once it has. */
export interface Exit {
  code?: number;
  signalName?: string;
}

/** Notes how a command ends. To be called as soon as there is a channel: it may have ended in the same breath. */
export function watchExit(channel: ClientChannel): Exit {
  const exit: Exit = {};
  channel.on('exit', (code: number | null, signalName?: string) => {
    exit.code = code ?? signalCode(signalName ?? '');
    if (signalName !== undefined) exit.signalName = signalName;
  });
  channel.on('error', () => undefined);
  return exit;
}

/** A command that was started on a host. */
export interface Started {
  readonly channel: ClientChannel;
  readonly exit: Exit;
  readonly argv: readonly string[];
  /** What `markedCommand` was given. */
  readonly mark: string;
  readonly target: SshTarget;
  /** Runs a line on the host; resolves when it has ended, whatever came of it. */
  readonly aside: (command: string) => Promise<void>;
}

/** Follows a command to its end. */
export function followCommand(started: Started, options: RunOptions): Promise<RunResult> {
  const { channel, exit, argv, target } = started;
  const output = { stdout: new Tail(), stderr: new Tail() };
  const group = new Mark(started.mark, 'kept');
  const begin = new Mark(started.mark, 'dropped');
  return new Promise((resolve, reject) => {
    const abort = (): void => end(options.signal.reason as Error);
    const late = (): void => end(tookTooLong(argv, target, options.timeout ?? 0));
    const timer = options.timeout === undefined ? undefined : setTimeout(late, options.timeout);
    const settle = (act: () => void): void => {
      clearTimeout(timer);
      options.signal.removeEventListener('abort', abort);
      act();
    };
    let failure: Error | undefined;
    const end = (why: Error): void => {
      failure ??= why;
      endCommand(started, group, () => settle(() => reject(why)));
    };
    if (options.signal.aborted) abort();
    else options.signal.addEventListener('abort', abort, { once: true });
    const decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
    const take = (bytes: Buffer, name: 'stdout' | 'stderr'): void => {
      if (bytes.length === 0) return;
      output[name].add(bytes);
      options.onOutput?.(decoders[name].decode(bytes, { stream: true }), name);
    };
    channel.on('data', (bytes: Buffer) => take(begin.without(bytes), 'stdout'));
    channel.stderr.on('data', (bytes: Buffer) => take(group.without(bytes), 'stderr'));
    channel.on('close', () => {
      take(begin.rest(), 'stdout');
      take(group.rest(), 'stderr');
      const texts = { stdout: output.stdout.text(), stderr: output.stderr.text() };
      settle(() => {
        if (failure !== undefined) reject(failure);
        else if (exit.code !== undefined) resolve({ ...exit, code: exit.code, ...texts });
        else reject(lost(target, argv));
      });
    });
    feed(channel, options.input, end);
  });
}

/** What is told when the connection ends under a command. */
export function lost(target: SshTarget, argv: readonly string[]): MachineError {
  const what = argv.length === 0 ? '' : ` while "${shellCommand(argv).slice(0, 120)}" was running`;
  return new MachineError('connection-lost', `lost the connection to ${target.title}${what}`, {
    host: target.title,
    hint: 'Whether the command went on there is not known; check the host and run it again.',
  });
}

/** Ends a command on the host, by force when it does not obey; `given` is called when even that is of no use. */
function endCommand({ channel, aside }: Started, group: Mark, given: () => void): void {
  const kill = async (name: string): Promise<void> => {
    if (!/^\d+$/.test(group.value)) return;
    const command = `kill -${name} -- -${group.value}`;
    // What runs as another user is ended as that one, where that is allowed.
    await aside(`sh -c '${command} 2>/dev/null; sudo -n ${command} 2>/dev/null'`);
  };
  group.whenKnown(() => void kill('TERM'));
  let last: NodeJS.Timeout | undefined;
  const force = setTimeout(() => {
    const give = (): void => {
      clearTimeout(last);
      channel.close();
      given();
    };
    // Whoever waits may close the connection next, which must not be before the host was told.
    last = setTimeout(give, GRACE);
    void kill('KILL').then(give);
  }, GRACE);
  channel.once('close', () => {
    clearTimeout(force);
    clearTimeout(last);
  });
}

function feed(
  channel: ClientChannel,
  input: RunOptions['input'],
  failed: (why: Error) => void,
): void {
  if (input instanceof Readable) {
    input.on('error', failed);
    input.pipe(channel);
  } else channel.end(input);
}

function tookTooLong(argv: readonly string[], target: SshTarget, after: number): MachineError {
  const command = shellCommand(argv).slice(0, 120);
  return new MachineError(
    'timeout',
    `"${command}" on ${target.title} did not end within ${after / 1000} s`,
    { host: target.title },
  );
}

/** The end of an output. */
class Tail {
  #parts: Buffer[] = [];
  #length = 0;

  add(bytes: Buffer): void {
    this.#parts.push(bytes);
    this.#length += bytes.length;
    while (this.#length - (this.#parts[0]?.length ?? 0) > KEPT) {
      this.#length -= this.#parts.shift()?.length ?? 0;
    }
  }

  text(): string {
    return Buffer.concat(this.#parts).toString('utf8');
  }
}
