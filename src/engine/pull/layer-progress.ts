import type { Progress } from '../event.ts';

/** One message of the engine's progress streams (pull, push, classic build). */
export interface StreamMessage {
  readonly id?: string;
  readonly status?: string;
  readonly stream?: string;
  readonly progressDetail?: { readonly current?: number; readonly total?: number };
  readonly error?: string;
  readonly errorDetail?: { readonly message?: string; readonly code?: number };
  readonly aux?: unknown;
}

const DONE = new Set([
  'Download complete',
  'Already exists',
  'Pull complete',
  'Pushed',
  'Layer already exists',
]);
const MEASURED = new Set(['Downloading', 'Extracting', 'Verifying Checksum', 'Pushing']);
/** A layer that the registry has under another name. */
const MOUNTED = 'Mounted from ';

/** Progress of one layer of the image `parentId` (`Image nginx` when pulling); undefined for other messages. */
export function layerProgress(parentId: string, message: StreamMessage): Progress | undefined {
  const { id = '', status: text = '', progressDetail } = message;
  if (id === '' || progressDetail === undefined) return undefined;
  const { current = 0, total = 0 } = progressDetail;
  const base = { id, parentId, text, details: humanSize(current) };
  if (DONE.has(text) || text.startsWith(MOUNTED)) return { ...base, status: 'done', percent: 100 };
  if (!MEASURED.has(text)) return { ...base, status: 'working' };
  const percent = total > 0 ? Math.min(Math.floor((current * 100) / total), 100) : 0;
  return { ...base, status: 'working', current, total, percent };
}

const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];

/** Size in steps of 1000 with four digits, as docker prints it: `12.35MB`. */
function humanSize(bytes: number): string {
  let size = bytes;
  let unit = 0;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${Number(size.toPrecision(4))}${UNITS[unit]}`;
}
