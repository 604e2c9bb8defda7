import type { JournalLine } from './machine-record.ts';
import { broken, parseStoredObject } from './stored-json.ts';

/** A journal as it was read. */
export interface ParsedJournal {
  readonly lines: readonly JournalLine[];
  /** Bytes of the text that are whole lines: what follows is torn, and the next line goes in its place. */
  readonly length: number;
}

/** Keys that each event has besides `at`, all of them texts. */
const KEYS: Readonly<Record<JournalLine['event'], readonly string[]>> = {
  step: ['step'],
  'step-done': ['step'],
  intend: ['kind', 'token'],
  made: ['kind', 'id'],
  removed: ['kind', 'id'],
};

/** A line as it is appended. */
export function formatJournalLine(line: JournalLine): string {
  return `${JSON.stringify(line)}\n`;
}

/**
 * Reads a journal. A last line that a crash has torn was never promised to anybody and is left out; any other line
 * that cannot be read is a fault.
 *
 * @throws MachineError `store` with file, line and column
 */
export function parseJournal(text: string, path: string): ParsedJournal {
  const end = text.lastIndexOf('\n') + 1;
  const whole = text.slice(0, end);
  const lines = whole
    .split('\n')
    .slice(0, -1)
    .map((line, index) => parseLine(line, { path, line: index + 1 }));
  return { lines, length: Buffer.byteLength(whole) };
}

function parseLine(
  text: string,
  place: { readonly path: string; readonly line: number },
): JournalLine {
  const value = parseStoredObject(text, place);
  const { event } = value;
  const keys =
    typeof event === 'string' && Object.hasOwn(KEYS, event)
      ? KEYS[event as JournalLine['event']]
      : undefined;
  if (keys === undefined) {
    throw broken(
      `${place.path}:${place.line}:1: ${JSON.stringify(event)} is no event of a journal`,
      'it may be of a newer tcompose: update this one',
    );
  }
  const missing = ['at', ...keys].find((key) => typeof value[key] !== 'string');
  if (missing !== undefined) throw broken(`${place.path}:${place.line}:1: ${missing} is missing`);
  return value as unknown as JournalLine;
}
