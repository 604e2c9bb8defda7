import type { Dirent } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { MachineError } from '../machine-error.ts';
import { formatJournalLine, parseJournal } from './journal-text.ts';
import type { JournalLine, MachineRecord } from './machine-record.ts';
import type { MachineFolder } from './machine-store.ts';
import { formatRecord, parseRecordOf } from './record-text.ts';
import {
  appendAt,
  keepPrivate,
  readIfThere,
  replaceFile,
  storeFault,
  UNFINISHED,
} from './store-files.ts';

/** A machine's record. */
export const RECORD_FILE = 'machine.json';
/** What docker-machine has in place of it. */
export const OLD_RECORD_FILE = 'config.json';
/** Why a machine cannot be used whose folder has that and no record of ours. */
export const NOT_TAKEN_OVER = 'docker-machine made it, and it could not be taken over';
/** A machine's journal, a line of JSON for each thing that happened. */
export const JOURNAL_FILE = 'journal.jsonl';
/** Files that anybody may know, which other programs write as they like. */
const PUBLIC = /\.pub$|^known_hosts$/;

/**
 * A machine's folder, for the process that has locked it. What a crash left unfinished is removed, and files that
 * others could read are made private.
 */
export async function openMachineFolder(
  name: string,
  path: string,
  onWarning: (text: string) => void,
): Promise<MachineFolder> {
  let entries: Dirent[];
  try {
    entries = await readdir(path, { withFileTypes: true });
  } catch (error) {
    throw storeFault('read', path, error);
  }
  for (const found of entries) {
    const entry = found.name;
    const file = join(path, entry);
    if (entry.startsWith(UNFINISHED)) await rm(file, { force: true }).catch(() => undefined);
    // What a link leads to is not ours to change.
    else if (!found.isSymbolicLink()) {
      const mended = await keepPrivate(file, process.getuid?.());
      if (mended !== undefined && !PUBLIC.test(entry)) onWarning(mended);
    }
  }
  return new LockedFolder(name, path);
}

class LockedFolder implements MachineFolder {
  readonly name: string;
  readonly path: string;
  /** Where the next line of the journal goes; undefined: it was not read yet. */
  #length: number | undefined;
  /** Lines are appended one after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(name: string, path: string) {
    this.name = name;
    this.path = path;
  }

  async read(): Promise<MachineRecord | undefined> {
    const path = join(this.path, RECORD_FILE);
    const text = await readIfThere(path);
    if (text !== undefined) return parseRecordOf(this.name, text, path);
    const old = await readIfThere(join(this.path, OLD_RECORD_FILE));
    if (old !== undefined) throw new MachineError('store', NOT_TAKEN_OVER);
    return undefined;
  }

  async write(record: MachineRecord): Promise<void> {
    await replaceFile(join(this.path, RECORD_FILE), formatRecord(record));
  }

  async journal(): Promise<readonly JournalLine[]> {
    await this.#last.catch(() => undefined);
    const path = join(this.path, JOURNAL_FILE);
    const { lines, length } = parseJournal((await readIfThere(path)) ?? '', path);
    this.#length = length;
    return lines;
  }

  append(line: JournalLine): Promise<void> {
    const appended = this.#appendAfter(this.#last, line);
    this.#last = appended;
    return appended;
  }

  async #appendAfter(before: Promise<unknown>, line: JournalLine): Promise<void> {
    await before.catch(() => undefined);
    const path = join(this.path, JOURNAL_FILE);
    const length = this.#length ?? parseJournal((await readIfThere(path)) ?? '', path).length;
    this.#length = await appendAt(path, length, formatJournalLine(line));
  }

  readFile(name: string): Promise<string | undefined> {
    return readIfThere(this.#file(name));
  }

  async writeFile(name: string, text: string): Promise<void> {
    await replaceFile(this.#file(name), text);
  }

  async removeFile(name: string): Promise<void> {
    try {
      await rm(this.#file(name), { force: true });
    } catch (error) {
      throw storeFault('remove', this.#file(name), error);
    }
  }

  #file(name: string): string {
    if (!/^[\w][\w.-]*$/.test(name)) {
      throw new MachineError('store', `${JSON.stringify(name)} is no name of a file of a machine`);
    }
    return join(this.path, name);
  }
}
