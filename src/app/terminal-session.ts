import type { Duplex } from 'node:stream';
import { DEFAULT_DETACH_KEYS, parseDetachKeys } from '../engine/interactive/detach-keys.ts';
import { joinStreams, type ByteSink, type SessionEnd } from '../engine/interactive/streams.ts';
import { CommandFailure } from './failure.ts';
import { enterRawMode } from './raw-mode.ts';
import type { Session, TextStream } from './session.ts';
import { followTerminalSize, type FollowOptions } from './terminal-size.ts';

/** What a process in a container is given of this one's standard streams. */
export interface TerminalSession {
  /** It has a terminal of its own. */
  readonly tty: boolean;
  /** It gets standard input. */
  readonly stdin: boolean;
  /**
   * The process is not told when standard input ends. For input that others can go on with: an engine that
   * is told stops sending output.
   */
  readonly stdinStaysOpen?: boolean;
  /** As configured; empty: the default. */
  readonly detachKeys: string;
  /** Told the size of the terminal, where there is one. */
  readonly size?: FollowOptions;
  /** Connects; called when the terminal is ready. */
  readonly open: () => Promise<Duplex>;
}

/**
 * Joins this process's standard streams with those of a process in a container, until that ends or the user
 * detaches. The terminal is as before afterwards, whatever happens.
 */
export async function runTerminalSession(
  session: Session,
  target: TerminalSession,
  signal: AbortSignal = session.signal,
): Promise<SessionEnd> {
  const { tty, stdin, size } = target;
  const keyboard = tty && stdin;
  const detachKeys = keyboard ? detachKeysOf(session, target.detachKeys) : undefined;
  using _raw = keyboard ? await enterRawMode(session) : undefined;
  const connection = await target.open();
  using _size = tty && size !== undefined ? followTerminalSize(session, size) : undefined;
  return await joinStreams(
    connection,
    {
      output: outputSink(session.stdout),
      error: errorSink(session.stderr),
      ...(stdin ? { input: session.stdin } : {}),
    },
    {
      tty,
      inputStaysOpen: target.stdinStaysOpen ?? false,
      ...(detachKeys === undefined ? {} : { detachKeys }),
    },
    signal,
  );
}

/**
 * A terminal on the other side needs one on this side.
 *
 * @throws CommandFailure in the docker command's words
 */
export function requireTerminal(
  { stdin }: Pick<Session, 'stdin'>,
  process: { readonly tty: boolean; readonly stdin: boolean },
  hint: string,
): void {
  if (process.tty && process.stdin && !stdin.isTTY) {
    throw new CommandFailure(
      'cannot attach stdin to a TTY-enabled container because stdin is not a terminal',
      hint,
    );
  }
}

/** Output that cannot be written ends the session; why is told when the process ends, or here. */
function outputSink(stream: TextStream): ByteSink {
  return {
    write: (bytes, done) =>
      stream.write(bytes, (error) => {
        if (error instanceof Error)
          done(new CommandFailure(`cannot write output: ${error.message}`));
        else done();
      }),
  };
}

/** What nobody wants to read on standard error is no reason to end. */
function errorSink(stream: TextStream): ByteSink {
  return { write: (bytes, done) => stream.write(bytes, () => done()) };
}

function detachKeysOf({ stderr }: Session, text: string): Uint8Array {
  if (text === '') return DEFAULT_DETACH_KEYS;
  const keys = parseDetachKeys(text);
  if (keys.ok) return keys.value;
  stderr.write(`invalid detach escape keys, using default: ${keys.error}\n`);
  return DEFAULT_DETACH_KEYS;
}
