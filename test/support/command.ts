/** Running other programs from tests and from the scripts around them. */
import { spawn } from 'node:child_process';

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
  /** What to type, in order; standard input then stays open. Not with `input`. */
  readonly typing?: readonly TypedAfter[] | undefined;
  /** Signals to send, each as soon as its text was written to either stream; in order. */
  readonly signals?: readonly SignalAfter[] | undefined;
}

/** A signal, and the text whose appearance makes it due. */
export interface SignalAfter {
  readonly after: string;
  readonly signal: NodeJS.Signals;
}

/** Keys, and the text after whose appearance they are typed. */
export interface TypedAfter {
  readonly after: string;
  readonly keys: string;
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
      timeout: options.timeout,
      killSignal: 'SIGKILL',
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const due = [...(options.signals ?? [])];
    const untyped = [...(options.typing ?? [])];
    const received = (stream: Buffer[], chunk: Buffer): void => {
      stream.push(chunk);
      const written = Buffer.concat(stream).toString('utf8');
      const [next] = due;
      if (next !== undefined && written.includes(next.after)) {
        due.shift();
        child.kill(next.signal);
      }
      const [typed] = untyped;
      if (typed === undefined || !written.includes(typed.after)) return;
      untyped.shift();
      child.stdin.write(typed.keys);
    };
    child.stdout.on('data', (chunk: Buffer) => received(stdout, chunk));
    child.stderr.on('data', (chunk: Buffer) => received(stderr, chunk));
    child.stdin.on('error', () => undefined);
    if (options.typing === undefined) child.stdin.end(options.input);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      const texts = {
        stdout: Buffer.concat(stdout).toString('utf8'),
        stderr: Buffer.concat(stderr).toString('utf8'),
      };
      const argv = [program, ...args];
      if (child.killed && signal === 'SIGKILL' && options.signals === undefined) {
        const seconds = (options.timeout ?? 0) / 1000;
        reject(new Error(`${argv.join(' ')} did not end within ${seconds} s\n${texts.stderr}`));
        return;
      }
      resolve({ argv, code: code ?? 128 + signalNumber(signal), ...texts });
    });
  });
}

/**
 * Runs a command that has to succeed and returns its standard output.
 * @throws with the command line and its standard error when the exit code is not 0.
 */
export async function succeed(
  program: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<string> {
  const done = await run(program, args, options);
  if (done.code !== 0) {
    throw new Error(`${done.argv.join(' ')}: exit code ${done.code}\n${done.stderr}${done.stdout}`);
  }
  return done.stdout;
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
