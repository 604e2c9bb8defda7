import type { Duplex, Readable } from 'node:stream';
import { EngineError } from '../errors.ts';
import { createDemultiplexer } from '../logs/log-demultiplex.ts';
import { InputPump } from './input-pump.ts';

/** Takes bytes and says when it can take more, or why it cannot. */
export interface ByteSink {
  write(bytes: Uint8Array, done: (error?: Error | null) => void): unknown;
}

/** This side of a session. */
export interface LocalStreams {
  /** Absent: nothing is sent. */
  readonly input?: Readable;
  readonly output: ByteSink;
  readonly error: ByteSink;
}

export interface JoinOptions {
  /** The process has a terminal: its output is one stream, and keys can detach from it. */
  readonly tty: boolean;
  /** Looked for in the input; absent: nothing is. */
  readonly detachKeys?: Uint8Array;
  /** The end of the input is not told to the other side. */
  readonly inputStaysOpen?: boolean;
}

/**
 * How a session ended. `broken`: the connection did; whether the process has ended all the same is for the
 * caller to find out.
 */
export type SessionEnd =
  | { readonly kind: 'ended' }
  | { readonly kind: 'detached' }
  | { readonly kind: 'broken'; readonly error: Error };

/**
 * Joins a hijacked connection with local streams until the other side ends or the user detaches. Both
 * directions wait for whoever is slower. Closes the connection.
 *
 * Rejects with the signal's reason when aborted, or with what a local stream failed with.
 */
export async function joinStreams(
  connection: Duplex,
  local: LocalStreams,
  options: JoinOptions,
  signal: AbortSignal,
): Promise<SessionEnd> {
  let detached = false;
  const stop = (): void => {
    connection.destroy();
  };
  const pump =
    local.input === undefined
      ? undefined
      : new InputPump(local.input, connection, {
          ...(options.detachKeys === undefined ? {} : { detachKeys: options.detachKeys }),
          staysOpen: options.inputStaysOpen ?? false,
          onDetach: () => {
            detached = true;
            stop();
          },
        });
  signal.addEventListener('abort', stop, { once: true });
  try {
    signal.throwIfAborted();
    const broken = await pumpOutput(connection, local, options.tty);
    signal.throwIfAborted();
    if (detached) return { kind: 'detached' };
    return broken === undefined ? { kind: 'ended' } : { kind: 'broken', error: broken };
  } finally {
    signal.removeEventListener('abort', stop);
    pump?.[Symbol.dispose]();
    connection.destroy();
  }
}

/** Resolves at the end of the output, to the connection's failure if that was the end. */
async function pumpOutput(
  connection: Readable,
  local: LocalStreams,
  tty: boolean,
): Promise<Error | undefined> {
  const demultiplexer = createDemultiplexer();
  const chunks = connection[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  for (;;) {
    const next = await nextChunk(chunks);
    if (next instanceof Error) return next;
    if (next === undefined) return undefined;
    if (tty) {
      await writeTo(local.output, next);
      continue;
    }
    for (const { stream, payload } of demultiplexer.push(next)) {
      if (stream === 'system') {
        const text = payload.toString('utf8').trim();
        throw new EngineError('failed', `error from daemon in stream: ${text}`);
      }
      await writeTo(stream === 'stderr' ? local.error : local.output, payload);
    }
  }
}

async function nextChunk(chunks: AsyncIterator<Buffer>): Promise<Buffer | Error | undefined> {
  try {
    const next = await chunks.next();
    return next.done === true ? undefined : next.value;
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function writeTo(sink: ByteSink, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    sink.write(bytes, (error) => {
      if (error instanceof Error) reject(error);
      else resolve();
    });
  });
}
