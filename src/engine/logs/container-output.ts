import { addAbortSignal, type Readable } from 'node:stream';
import type { AnswerBody, EngineClient } from '../client.ts';
import { isEngineError } from '../errors.ts';
import { createLineSplitter } from './line-splitter.ts';
import { createDemultiplexer, type Frame } from './log-demultiplex.ts';
import type { LogSource, OnLogEvent } from './log-event.ts';

/** The part of `GET /containers/{id}/json` that reading output needs. */
export interface InspectedContainer {
  readonly Config: { readonly Tty?: boolean };
  readonly State: {
    readonly StartedAt?: string;
    readonly FinishedAt?: string;
    readonly Running?: boolean;
    readonly Restarting?: boolean;
    readonly OOMKilled?: boolean;
  };
}

/** Asks the engine about one container. */
export async function inspectContainer(
  client: EngineClient,
  source: LogSource,
  signal: AbortSignal,
): Promise<InspectedContainer> {
  return client.send<InspectedContainer>(
    { method: 'GET', path: `/containers/${source.id}/json`, resource: `container ${source.name}` },
    signal,
  );
}

/** Which lines of a container's log are wanted; times are what parseLogTime gives. */
export interface LogRange {
  readonly follow: boolean;
  readonly since?: string;
  readonly until?: string;
  /** Number of lines from the end; absent: all. */
  readonly tail?: string;
  readonly timestamps: boolean;
}

/** Opens the log that the engine keeps of a container. Kind `unsupported`: its driver cannot be read. */
export async function openLog(
  client: EngineClient,
  source: LogSource,
  range: LogRange,
  signal: AbortSignal,
): Promise<AnswerBody> {
  return client.open(
    {
      method: 'GET',
      path: `/containers/${source.id}/logs`,
      query: {
        stdout: true,
        stderr: true,
        follow: range.follow,
        timestamps: range.timestamps,
        since: range.since,
        until: range.until,
        tail: range.tail ?? 'all',
      },
      resource: `container ${source.name}`,
    },
    signal,
  );
}

/** Whether a log is what a terminal showed, not frames: engines say so from API 1.42 on. */
async function isTerminal(
  client: EngineClient,
  { source, stream }: { readonly source: LogSource; readonly stream: AnswerBody },
  signal: AbortSignal,
): Promise<boolean> {
  if (source.tty !== undefined) return source.tty;
  const type = stream.headers?.['content-type'];
  if (type === 'application/vnd.docker.multiplexed-stream') return false;
  // Older engines call everything raw.
  if (type === 'application/vnd.docker.raw-stream' && client.supports('1.42')) return true;
  return (await inspectContainer(client, source, signal)).Config.Tty ?? false;
}

/** Attaches to what a container writes from now on; also before it is started. */
export async function openAttach(
  client: EngineClient,
  source: LogSource,
  signal: AbortSignal,
): Promise<Readable> {
  const stream = await client.hijack(
    {
      method: 'POST',
      path: `/containers/${source.id}/attach`,
      query: { stream: true, stdin: false, stdout: true, stderr: true, logs: false },
      resource: `container ${source.name}`,
    },
    signal,
  );
  // Once it is taken over, nobody else ends it.
  return addAbortSignal(signal, stream);
}

/** True when the engine has removed the container, or is about to. */
export function isGone(error: unknown): boolean {
  return (
    isEngineError(error, 'not-found') ||
    (isEngineError(error) && error.message.includes('dead or marked for removal'))
  );
}

/** Reads one container's log to its end; a driver that keeps none gives a warning. */
export async function readLog(
  client: EngineClient,
  { source, range }: { readonly source: LogSource; readonly range: LogRange },
  onEvent: OnLogEvent,
  signal: AbortSignal,
): Promise<void> {
  try {
    const stream = await openLog(client, source, range, signal);
    const tty = await isTerminal(client, { source, stream }, signal);
    await readOutput(stream, { source, tty, timestamps: range.timestamps }, onEvent);
  } catch (error) {
    if (signal.aborted || isGone(error)) return;
    if (!isEngineError(error, 'unsupported')) throw error;
    const text = `Can't retrieve logs for "${source.name}": ${error.message}`;
    await onEvent({ type: 'warning', source, text });
  }
}

export interface OutputFormat {
  readonly source: LogSource;
  readonly tty: boolean;
  /** The engine puts its time before every line. */
  readonly timestamps: boolean;
}

/**
 * Turns a container's output into line events until it ends; a last line without a break counts.
 * Rejects when the stream breaks or the engine reports a fault in it.
 */
export async function readOutput(
  stream: Readable,
  format: OutputFormat,
  onEvent: OnLogEvent,
): Promise<void> {
  const { source, tty } = format;
  const readers = { stdout: lineReader(format), stderr: lineReader(format) };
  const demultiplexer = createDemultiplexer();
  const raw = (payload: Buffer): Frame[] => [{ stream: 'stdout', payload }];
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    for (const frame of tty ? raw(chunk) : demultiplexer.push(chunk)) {
      if (frame.stream === 'system') {
        throw new Error(`error from daemon in stream: ${frame.payload.toString('utf8').trim()}`);
      }
      const name = frame.stream === 'stderr' ? 'stderr' : 'stdout';
      for (const text of readers[name].push(frame.payload)) {
        const waiting = onEvent({ type: 'line', source, stream: name, ...text });
        // There may be very many lines: waiting for each of them would cost more than the rest.
        if (waiting !== undefined) await waiting;
      }
    }
  }
  for (const name of ['stdout', 'stderr'] as const) {
    for (const text of readers[name].end()) {
      await onEvent({ type: 'line', source, stream: name, ...text });
    }
  }
}

interface LogText {
  readonly line: string;
  readonly timestamp?: string;
}

interface LineReader {
  push(chunk: Buffer): LogText[];
  end(): LogText[];
}

const SPACE = 0x20;

function lineReader({ tty, timestamps }: OutputFormat): LineReader {
  const splitter = createLineSplitter();
  const toText = (line: string): LogText => {
    const text = tty && line.endsWith('\r') ? line.slice(0, -1) : line;
    if (!timestamps) return { line: text };
    const space = text.indexOf(' ');
    return space < 0
      ? { line: '', timestamp: text }
      : { line: text.slice(space + 1), timestamp: text.slice(0, space) };
  };
  return {
    push: (chunk) => {
      // A long line comes in several frames, and each of them has a time of its own.
      const again = timestamps && !tty && splitter.open();
      return splitter
        .push(again ? chunk.subarray(chunk.indexOf(SPACE) + 1) : chunk)
        .map((line) => toText(line));
    },
    end: () => splitter.end().map((line) => toText(line)),
  };
}
