import { parseObject } from './facts.ts';
import type { DaemonConfig } from './engine-keys.ts';

/** Where tcompose notes on the host what it did there, so that the next run knows what was its own. */
export const RECORD = '/var/lib/tcompose/engine.json';

/** What tcompose did to the engine of a host. */
export interface EngineRecord {
  /** True: tcompose installed the engine; it found none. */
  readonly installed: boolean;
  /** False: it was interrupted in the middle of it. */
  readonly complete: boolean;
  /** True: files were changed, but the engine was not told yet, as far as is known. */
  readonly pending?: boolean;
  /** What it put into daemon.json. */
  readonly daemon: DaemonConfig;
}

/** Undefined: tcompose has changed nothing on the host, or its note is unreadable. */
export function parseRecord(text: string | undefined): EngineRecord | undefined {
  const value = parseObject(text ?? '');
  if (value === undefined) return undefined;
  const daemon = value['daemon'];
  return {
    installed: value['installed'] === true,
    complete: value['complete'] === true,
    ...(value['pending'] === true ? { pending: true } : {}),
    daemon: typeof daemon === 'object' && daemon !== null ? (daemon as DaemonConfig) : {},
  };
}

/** The note as text, for its file. */
export function recordText(record: EngineRecord): string {
  return `${JSON.stringify({ version: 1, ...record })}\n`;
}
