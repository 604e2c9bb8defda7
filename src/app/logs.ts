import type { LogEvent } from '../engine/logs/log-event.ts';
import { readLogs, type LogsOptions } from '../engine/logs/logs.ts';
import { logJson } from '../output/log-json.ts';
import { openEngine } from './engine.ts';
import { CommandFailure } from './failure.ts';
import type { GlobalOptions } from './global-options.ts';
import { openForServices, type ProjectOrName } from './load-project.ts';
import { createLogPrinter } from './log-output.ts';
import { noSuchService } from './scale.ts';
import type { Session } from './session.ts';
import { timeOption } from './time-option.ts';
import type { LogAppearance } from './up-request.ts';

export interface LogsRequest {
  readonly services: readonly string[];
  readonly follow: boolean;
  /** Replica number; 0: all. */
  readonly index: number;
  /** As typed; empty: from the beginning. */
  readonly since: string;
  readonly until: string;
  /** Number of lines, or `all`. */
  readonly tail: string;
  /** JSON in place of what `appearance` says. */
  readonly json: boolean;
  readonly appearance: LogAppearance;
}

/** `logs`: output of a project's containers. */
export async function logs(
  session: Session,
  global: GlobalOptions,
  request: LogsRequest,
): Promise<number> {
  if (request.index > 0 && request.services.length !== 1) {
    throw new CommandFailure(
      '--index requires one service to be selected',
      'name the service whose replica you mean',
    );
  }
  const target = await openForServices(session, global, request.services);
  const options = logsOptions(target, request);
  const engine = await openEngine(session, global.engine);
  const print = request.json ? jsonPrinter(session) : textPrinter(session, global, request);
  try {
    await readLogs(engine.client, options, print, session.signal);
    return 0;
  } finally {
    engine.close();
  }
}

function textPrinter(
  session: Session,
  global: GlobalOptions,
  { appearance }: LogsRequest,
): (event: LogEvent) => void {
  const printer = createLogPrinter(session, global, { appearance, merged: true });
  return (event) => {
    printer.print(event);
  };
}

function jsonPrinter({ stdout }: Session): (event: LogEvent) => void {
  return (event) => {
    const line = logJson(event);
    if (line !== undefined) stdout.write(line);
  };
}

function logsOptions(target: ProjectOrName, request: LogsRequest): LogsOptions {
  const since = timeOption(request.since, 'since');
  const until = timeOption(request.until, 'until');
  const tail = tailOf(request.tail);
  return {
    project: target.name,
    services: servicesOf(target, request.services),
    follow: request.follow,
    timestamps: request.json || request.appearance.timestamps,
    ...(request.index > 0 ? { index: request.index } : {}),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...(tail === undefined ? {} : { tail }),
  };
}

/** Without names: all, but those that say `attach: false`. */
function servicesOf(target: ProjectOrName, names: readonly string[]): readonly string[] {
  if (target.kind === 'name') return names;
  const { project } = target;
  const known = { ...project.disabledServices, ...project.services };
  for (const name of names) if (known[name] === undefined) throw noSuchService(name, project);
  if (names.length > 0) return names;
  const silent = Object.values(known).some(({ attach }) => attach === false);
  if (!silent) return [];
  return Object.values(known)
    .filter(({ attach }) => attach !== false)
    .map(({ name }) => name);
}

/** The engine takes any word that is no number as `all`; so do we. */
function tailOf(text: string): string | undefined {
  return /^\d+$/.test(text) ? text : undefined;
}
