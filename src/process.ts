import { writeSync } from 'node:fs';
import { callingOf } from './commands/calling.ts';
import { dispatch } from './commands/dispatch.ts';
import { failureStyle } from './commands/failure-style.ts';
import { Interrupted, Interrupts } from './app/interrupts.ts';
import type { Session } from './app/session.ts';
import { printFailure } from './app/failure.ts';
import { READER_LOST, ReaderLoss } from './app/reader-loss.ts';
import { followDocker } from './docker-socket.ts';
import { TCOMPOSE_VERSION } from './version.ts';

/** Exit code of a run that the user interrupted, as in Compose. */
const INTERRUPTED = 130;

/** How the program was started. */
export interface Started {
  /** By which it was called: `tcompose`, `docker-compose`. */
  readonly name: string;
  /** Path by which it can be started again. */
  readonly executable?: string;
}

/** Runs one command line in this process; resolves to its exit code and never rejects. */
export async function runProcess(
  words: readonly string[],
  { name, executable }: Started = { name: 'tcompose' },
): Promise<number> {
  const { argv, programName, plugin } = callingOf(name, words, process.env);
  // Nothing a user could do about what a library of ours still calls.
  process.noDeprecation = true;
  const interrupts = new Interrupts(() => process.exit(INTERRUPTED));
  const socket = plugin ? process.env['DOCKER_CLI_PLUGIN_SOCKET'] : undefined;
  forgetDocker();
  const docker = followDocker(socket, interrupts);
  const deliver = (signalName: string): void => docker.deliver(signalName);
  process.on('SIGINT', deliver);
  process.on('SIGTERM', deliver);
  const readerLoss = new ReaderLoss(() => process.exit(READER_LOST));
  surviveLostReaders(readerLoss);
  const session: Session = {
    env: process.env,
    cwd: process.cwd(),
    stdout: process.stdout,
    stderr: process.stderr,
    // Node makes it when it is first asked for, which most commands do not.
    get stdin() {
      return process.stdin;
    },
    signal: interrupts.signal,
    interrupts,
    readerLoss,
    onExit: (listener) => {
      process.once('exit', listener);
      return () => process.off('exit', listener);
    },
    onSignals: listenToSignals,
    version: TCOMPOSE_VERSION,
    programName,
    executable,
  };
  try {
    const code = await dispatch(argv, session);
    // Also what ends well when it is interrupted, such as `logs --follow`, was interrupted.
    return interrupts.signal.aborted ? INTERRUPTED : code;
  } catch (error) {
    if (error instanceof Interrupted || interrupts.signal.aborted) return INTERRUPTED;
    return printFailure(error, failureStyle(argv, process.env), session);
  } finally {
    process.off('SIGINT', deliver);
    process.off('SIGTERM', deliver);
  }
}

/** Programs that this one starts are plugins of nobody, and not docker's to end. */
function forgetDocker(): void {
  delete process.env['DOCKER_CLI_PLUGIN_ORIGINAL_CLI_COMMAND'];
  delete process.env['DOCKER_CLI_PLUGIN_SOCKET'];
}

/**
 * `tcompose logs | head -1` ends once nobody reads, `tcompose up -d 2>&1 | head -1` still does what it
 * was asked to: progress that nobody sees is no reason to leave a project half made. A terminal that
 * was closed ends the run without a word.
 */
function surviveLostReaders(readerLoss: ReaderLoss): void {
  const listen = (stream: NodeJS.WriteStream, lost: () => void): void => {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') {
        lost();
        return;
      }
      if (error.code !== 'EIO') tell(`cannot write output: ${error.message}`);
      process.exit(1);
    });
  };
  listen(process.stdout, () => readerLoss.lost());
  listen(process.stderr, () => undefined);
}

/** The last words of a process whose output fails; there is nobody left to tell if they fail, too. */
function tell(text: string): void {
  try {
    writeSync(process.stderr.fd, `${text}\n`);
  } catch {
    // The exit code says it.
  }
}

function listenToSignals(
  names: readonly NodeJS.Signals[],
  listener: (signalName: NodeJS.Signals) => void,
): Disposable {
  for (const name of names) process.on(name, listener);
  return {
    [Symbol.dispose]: () => {
      for (const name of names) process.off(name, listener);
    },
  };
}
