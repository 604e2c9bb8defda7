import type { Engine } from '../engine/engine.ts';
import {
  StatsBoard,
  readStats,
  type StatsEntry,
  type StatsQuery,
} from '../engine/stats/stats-board.ts';
import { cutEnd } from '../output/cell-width.ts';
import { formatList } from '../output/formatted-list.ts';
import { statsView } from '../output/stats-row.ts';
import { LiveArea } from '../output/tty-screen.ts';
import { findContainers } from '../engine/find-containers.ts';
import { systemClock } from '../foundation/clock.ts';
import { absentServices, reportAbsence } from './absent-services.ts';
import { clientConfig, withEngine } from './engine.ts';
import type { GlobalOptions } from './global-options.ts';
import { openProjectName } from './load-project.ts';
import type { Session } from './session.ts';

export interface StatsRequest {
  /** Empty: all. */
  readonly services: readonly string[];
  /** Containers that do not run too. */
  readonly all: boolean;
  /** False: once instead of again and again. */
  readonly stream: boolean;
  readonly format: string;
  readonly truncate: boolean;
}

/** Milliseconds between two looks at the figures, which the engine renews every second. */
const INTERVAL = 500;
/** Milliseconds that the first table waits for figures of all containers. */
const PATIENCE = 3000;

/** `stats`: what the containers of a project use, live or once. */
export async function stats(
  session: Session,
  global: GlobalOptions,
  request: StatsRequest,
): Promise<number> {
  const project = await openProjectName(session, global);
  const { services, all } = request;
  const query: StatsQuery = { project, services, all };
  return withEngine(session, global.engine, async (engine) => {
    await warnOfAbsent(engine, session, query);
    const style = { truncate: request.truncate, osType: engine.client.server.osType };
    const config = clientConfig(session, global.engine);
    const format = request.format || (config.statsFormat ?? '');
    const text = (entries: readonly StatsEntry[]): string =>
      formatList(statsView(entries, style), format);
    if (request.stream) await follow(engine, query, { session, text });
    else session.stdout.write(text(await readStats(engine.client, query, session.signal)));
    return 0;
  });
}

async function warnOfAbsent(engine: Engine, session: Session, query: StatsQuery): Promise<void> {
  const { project, services, all } = query;
  if (services.length === 0) return;
  const found = await findContainers(
    engine.client,
    { project, all, oneOffs: true, unmanaged: true },
    session.signal,
  );
  await reportAbsence(engine, session, { project, services: absentServices(services, found) });
}

interface Display {
  readonly session: Session;
  readonly text: (entries: readonly StatsEntry[]) => string;
}

async function follow(engine: Engine, query: StatsQuery, display: Display): Promise<void> {
  const { session } = display;
  const ended = new AbortController();
  const signal = AbortSignal.any([session.signal, ended.signal]);
  const board = new StatsBoard(engine.client, query, signal);
  const running = board.run();
  const drawing = draw(board, display, signal);
  try {
    await Promise.race([running, drawing]);
  } finally {
    ended.abort();
    await Promise.allSettled([running, drawing]);
  }
}

/** On a terminal the figures stay in place; elsewhere every change is a new table. */
async function draw(board: StatsBoard, display: Display, signal: AbortSignal): Promise<void> {
  const { stdout, onExit } = display.session;
  const area = stdout.isTTY === true ? new LiveArea(stdout) : undefined;
  const forget = onExit?.(() => area?.release());
  const begin = performance.now();
  let last = '';
  try {
    for (;;) {
      await systemClock.sleep(INTERVAL, signal);
      const now = performance.now();
      if (last === '' && !board.complete && now - begin < PATIENCE) continue;
      const text = display.text(board.entries(now));
      if (area !== undefined) area.draw(fitted(text, area.size));
      else if (text !== last) stdout.write(text);
      last = text;
    }
  } finally {
    area?.release();
    forget?.();
  }
}

/** The lines of a text as far as a terminal has room for them. */
export function fitted(
  text: string,
  { columns, rows }: { readonly columns: number; readonly rows: number },
): readonly string[] {
  const lines = text.split('\n').slice(0, -1);
  const room = Math.max(rows - 1, 1);
  const shown = lines.length <= room ? lines : lines.slice(0, room - 1);
  const more = lines.length - shown.length;
  return [...shown, ...(more > 0 ? [`... ${more} more`] : [])].map((line) => cutEnd(line, columns));
}
