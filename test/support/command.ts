/** Running other programs from tests and from the scripts around them. */
import { type ChildProcess, spawn } from 'node:child_process';

/** What a finished command left. */
export interface Finished {
  readonly argv: readonly string[];
  /** The exit code; 128 + n when signal n ended it. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run a command. */
export interface RunOptions {
  readonly cwd?: string | undefined;
  /** The whole environment; the caller's own when absent. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly input?: string | Buffer | undefined;
  /** Milliseconds after which the command is killed and the run fails. */
  readonly timeout?: number | undefined;
  /** Signals to send, each as soon as its text was written to either stream; in order. */
  readonly signals?: readonly SignalAfter[] | undefined;
  /** The same for anything else that is to be done; standard input stays open. Not with `input`. */
  readonly reactions?: readonly Reaction[] | undefined;
}

/** What to do as soon as a text was written to either stream, after that of the one before. */
export interface Reaction {
  readonly after: string;
  readonly act: (child: ChildProcess) => void;
}

/** A signal, and the text whose appearance makes it due. */
export interface SignalAfter {
  readonly after: string;
  readonly signal: NodeJS.Signals;
}

/**
 * Runs a command to its end, whatever its exit code.
 * @throws when it cannot be started or does not end in time.
 */
export function run(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let timedOut = false;
    const expire = (): void => {
      timedOut = true;
      child.kill('SIGKILL');
    };
    const timer = options.timeout === undefined ? undefined : setTimeout(expire, options.timeout);
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const react = reactor(child, [
      ...(options.signals ?? []).map(({ after, signal }) => ({
        after,
        act: () => child.kill(signal),
      })),
      ...(options.reactions ?? []),
    ]);
    const received = (stream: Buffer[], chunk: Buffer): void => {
      stream.push(chunk);
      react(chunk);
    };
    child.stdout.on('data', (chunk: Buffer) => received(stdout, chunk));
    child.stderr.on('data', (chunk: Buffer) => received(stderr, chunk));
    child.stdin.on('error', () => undefined);
    if (options.reactions === undefined) child.stdin.end(options.input);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const texts = {
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      };
      const argv = [program, ...args];
      if (timedOut) {
        const seconds = (options.timeout ?? 0) / 1000;
        reject(new Error(`${argv.join(' ')} did not end within ${seconds} s\n${texts.stderr}`));
        return;
      }
      resolve({ argv, code: code ?? 128 + signalNumber(signal), ...texts });
    });
  });
}

/** Takes what a command writes and does what is due then. */
function reactor(child: ChildProcess, reactions: readonly Reaction[]): (chunk: Buffer) => void {
  const due = [...reactions];
  let unseen = '';
  return (chunk) => {
    unseen += chunk.toString('latin1');
    for (let next = due[0]; next !== undefined; next = due[0]) {
      const text = Buffer.from(next.after).toString('latin1');
      const at = unseen.indexOf(text);
      if (at < 0) return;
      unseen = unseen.slice(at + text.length);
      due.shift();
      next.act(child);
    }
  };
}

/**
 * What a command left that has to end with an exit code.
 * @throws with the command line and everything that it said when it ended otherwise.
 */
export function ended(done: Finished, code = 0): Finished {
  if (done.code === code) return done;
  const said = `${done.stderr}${done.stdout}`;
  throw new Error(`${done.argv.join(' ')}: exit code ${done.code}, not ${code}\n${said}`);
}

/**
 * Runs a command that has to succeed and returns its standard output.
 * @throws with the command line and everything that it said when the exit code is not 0.
 */
export async function succeed(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  return ended(await run(program, args, options)).stdout;
}

/** Puts `sudo` before a command that needs root, unless this process is root. */
export function asRoot(argv: readonly string[]): [string, ...string[]] {
  const prefixed = process.getuid?.() === 0 ? argv : ['sudo', '-n', ...argv];
  const [program, ...args] = prefixed;
  if (program === undefined) throw new Error('an empty command');
  return [program, ...args];
}

/** Like `succeed`, as root. */
export function succeedAsRoot(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const [program, ...args] = asRoot(argv);
  return succeed(program, args, options);
}

function signalNumber(signal: NodeJS.Signals | null): number {
  return { SIGHUP: 1, SIGINT: 2, SIGKILL: 9, SIGTERM: 15 }[String(signal)] ?? 0;
}
