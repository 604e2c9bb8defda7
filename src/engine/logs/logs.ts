import type { EngineClient } from '../client.ts';
import { EngineError } from '../errors.ts';
import { readLog, type LogRange } from './container-output.ts';
import type { LogSource, OnLogEvent } from './log-event.ts';
import { listSources } from './project-containers.ts';
import { watchContainers } from './watch.ts';

export interface LogsOptions extends LogRange {
  readonly project: string;
  /** Empty: all services. */
  readonly services: readonly string[];
  /** Only this replica of the one service. */
  readonly index?: number;
}

/**
 * Reads the logs of a project's containers, all at once. With `follow` also of those that are
 * started later, until none is left or the signal is aborted.
 *
 * Emits `sources` first, then lines as they come, and with `follow` what happens to containers.
 */
export async function readLogs(
  client: EngineClient,
  options: LogsOptions,
  onEvent: OnLogEvent,
  signal: AbortSignal,
): Promise<void> {
  if (options.follow) return followLogs(client, options, onEvent, signal);
  const sources = await selectSources(client, options, signal);
  await onEvent({ type: 'sources', sources });
  await Promise.all(
    sources.map((source) => readLog(client, { source, range: options }, onEvent, signal)),
  );
}

async function followLogs(
  client: EngineClient,
  options: LogsOptions,
  onEvent: OnLogEvent,
  signal: AbortSignal,
): Promise<void> {
  const watch = await watchContainers(
    client,
    {
      project: options.project,
      services: options.services,
      isShown: (source) => options.index === undefined || source.number === options.index,
      timestamps: options.timestamps,
    },
    onEvent,
    signal,
  );
  const sources = await selectSources(client, options, signal);
  await onEvent({ type: 'sources', sources });
  for (const source of sources) watch.reading.follow(source, options);
  await watch.finished();
}

async function selectSources(
  client: EngineClient,
  options: LogsOptions,
  signal: AbortSignal,
): Promise<LogSource[]> {
  const sources = await listSources(client, options, signal);
  const { index } = options;
  if (index === undefined) return sources;
  const found = sources.filter(({ number }) => number === index);
  if (found.length > 0) return found;
  throw new EngineError(
    'not-found',
    `service "${options.services[0] ?? ''}" is not running container #${index}`,
  );
}
