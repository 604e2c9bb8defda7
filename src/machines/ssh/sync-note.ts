import type { Stamp } from './sync-entries.ts';

/** What a folder on a host was sent, by name. */
export interface SyncNote {
  readonly sent: ReadonlyMap<string, Stamp>;
  /** The first sync is not done, so nothing uses the folder yet. */
  readonly isNew: boolean;
}

/** No file has this name. It is in the note until the first sync is done. */
const BEGUN = '';

/**
 * Reads a note: an object with stamps in each line, the last one counts. `null` is for what was removed, the empty
 * stamp for what was about to be sent and may be there. Lines that were cut off are passed over: what they told is
 * sent again.
 */
export function readNote(text: string): SyncNote {
  const sent = new Map<string, Stamp>();
  for (const line of text.split('\n')) {
    for (const [name, stamp] of Object.entries(parsed(line))) {
      if (typeof stamp === 'string') sent.set(name, stamp);
      else sent.delete(name);
    }
  }
  const isNew = sent.delete(BEGUN);
  return { sent, isNew };
}

/** A line of a note. */
export function noteLine(stamps: Iterable<readonly [string, Stamp | null]>): string {
  // Begins with a line break: the line before may have been cut off.
  return `\n${JSON.stringify(Object.fromEntries(stamps))}\n`;
}

/** The line that says that the first sync is done. */
export const DONE_LINE = noteLine([[BEGUN, null]]);

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
