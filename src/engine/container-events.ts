import type { Readable } from 'node:stream';
import type { EngineClient } from './client.ts';
import { fromTransport } from './errors.ts';
import { textLines } from './json-lines.ts';
import { LABEL } from './labels.ts';

/** Something that happened to a container of a project. */
export interface ContainerEvent {
  readonly id: string;
  readonly service: string;
  /** `start`, `exec_create: ls`, `health_status: healthy`, … */
  readonly action: string;
  /** The container's labels, name and image, and what belongs to the action. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
}

export interface EventQuery {
  readonly project: string;
  /** As the engine takes it: seconds since the epoch, with a fraction. Absent: from now on. */
  readonly since?: string;
  /** Absent: for ever. */
  readonly until?: string;
  /** Containers of `run` too. */
  readonly oneOffs?: boolean;
}

/** The parts that are used of a message of `GET /events`. */
interface EngineMessage {
  readonly Type?: string;
  readonly Action: string;
  readonly time: number;
  readonly Actor: { readonly ID: string; readonly Attributes?: Readonly<Record<string, string>> };
}

/**
 * Subscribes to what happens to the containers of a project until the time asked for; nothing is missed
 * from the moment on at which this resolves.
 */
export async function openContainerEvents(
  client: EngineClient,
  query: EventQuery,
  signal: AbortSignal,
): Promise<AsyncIterable<ContainerEvent>> {
  const { project, since, until } = query;
  const filters = { type: ['container'], label: [`${LABEL.project}=${project}`] };
  const call = { method: 'GET', path: '/events', query: { filters, since, until } } as const;
  const stream = await client.open(call, signal);
  return readEvents(stream, { ...query, address: client.address, signal });
}

async function* readEvents(
  stream: Readable,
  context: EventQuery & { readonly address: string; readonly signal: AbortSignal },
): AsyncGenerator<ContainerEvent> {
  const { oneOffs = false, until, address, signal } = context;
  try {
    for await (const line of textLines(stream)) {
      const event = readContainerEvent(line);
      if (event === undefined) continue;
      if (oneOffs || event.attributes[LABEL.oneOff] !== 'True') yield event;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw fromTransport(error, address);
  }
  signal.throwIfAborted();
  if (until !== undefined) return;
  const cut = Object.assign(new Error('event stream ended'), { code: 'ECONNRESET' });
  throw fromTransport(cut, address);
}

/** Reads a message of the engine; undefined for what is not about a container. */
export function readContainerEvent(line: string): ContainerEvent | undefined {
  const { Type: type, Action: action, Actor: actor, time } = JSON.parse(line) as EngineMessage;
  const attributes = actor.Attributes ?? {};
  if (type !== 'container') return undefined;
  // As a number it would lose its last digits.
  const exact = /"timeNano":(\d+)/.exec(line)?.[1];
  return {
    id: actor.ID,
    service: attributes[LABEL.service] ?? '',
    action,
    attributes,
    time: exact === undefined ? BigInt(time) * 1_000_000_000n : BigInt(exact),
  };
}
