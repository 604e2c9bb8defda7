import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { packCopies } from '../../engine/sync/sync-archive.ts';
import { isMachineError, MachineError } from '../machine-error.ts';
import type { SshHost } from './ssh-host.ts';
import { foldersOf, listEntries, type Entry, type Stamp } from './sync-entries.ts';
import { DONE_LINE, noteLine, readNote } from './sync-note.ts';
import {
  NOTE,
  PLACE,
  PREPARE,
  REMOVE,
  REWRITE,
  REWRITE_NOTE,
  UNLINK,
  UNPACK,
  UNPACK_ASIDE,
} from './sync-scripts.ts';

/** So much is sent at a time, in entries and bytes: what an interruption has to send again. */
const CHUNK = { entries: 1000, bytes: 16 * 1024 * 1024 };

/** How often to look for files that changed while they were sent. */
const ROUNDS = 3;

/** What came of a sync. */
export interface Synced {
  /** Files and links. */
  readonly sent: number;
  readonly removed: number;
  /** Local paths of what cannot be copied. */
  readonly skipped: readonly string[];
}

export interface SyncOptions {
  readonly signal: AbortSignal;
  /** Told before something is sent, in files and bytes. */
  readonly onSending?: (files: number, bytes: number) => void;
}

/**
 * Makes a folder on a host have what a local file or folder has: only what changed since the last time is sent,
 * and only what was sent before is removed, so that what containers write there stays. A file lies in the folder
 * under its own name. What was sent is noted beside the folder, piece by piece, so that a sync that was cut off goes
 * on where it was. Nothing outside of the folder and what lies beside it is touched, whatever links are in it.
 *
 * @throws MachineError for what cannot be read here or written there
 */
export async function syncFolder(
  host: SshHost,
  local: string,
  remote: string,
  options: SyncOptions,
): Promise<Synced> {
  const sync = new FolderSync(host, remote, options);
  await sync.prepare();
  let last = await listOf(local);
  for (let round = 1; (await sync.bring(last.entries)) && round < ROUNDS; round += 1) {
    last = await listOf(local);
  }
  return { sent: sync.sent, removed: sync.removed, skipped: last.skipped };
}

async function listOf(local: string): ReturnType<typeof listEntries> {
  const [outcome] = await Promise.allSettled([listEntries(local)]);
  if (outcome.status === 'fulfilled') return outcome.value;
  throw unreadable((outcome.reason as Error).message);
}

/** One sync of one folder. */
class FolderSync {
  sent = 0;
  removed = 0;
  readonly #host: SshHost;
  readonly #folder: string;
  readonly #note: string;
  readonly #stage: string;
  readonly #options: SyncOptions;
  /** What the folder has, as far as it came from here. */
  #there = new Map<string, Stamp>();
  /** Nothing uses the folder yet: it is filled as it is. */
  #isNew = false;
  #isFile = false;
  /** Length of the note. */
  #noted = 0;

  constructor(host: SshHost, folder: string, options: SyncOptions) {
    this.#host = host;
    this.#folder = folder;
    this.#note = `${folder}.json`;
    this.#stage = `${folder}.new`;
    this.#options = options;
  }

  async prepare(): Promise<void> {
    let text = '';
    await this.#run(PREPARE, [this.#folder, this.#note], {
      // The result keeps the end of an output only.
      onOutput: (part, stream) => void (stream === 'stdout' && (text += part)),
    });
    const { sent, isNew } = readNote(text);
    this.#there = new Map(sent);
    this.#isNew = isNew;
    this.#noted = text.length;
    if (!isNew || sent.size === 0) return;
    // Where a link was sent there may be a directory by now, whose files must not go where the link leads.
    await this.#run(UNLINK, [this.#folder]);
    for (const [name, stamp] of sent) if (stamp.startsWith('l')) this.#there.set(name, '');
  }

  /** Brings what differs. Resolves with whether anything did. */
  async bring(entries: readonly Entry[]): Promise<boolean> {
    this.#isFile = entries[0]?.name !== '.';
    const kinds = new Map(entries.map(({ name, kind }) => [name, kind]));
    const gone = [...this.#there].filter(([name, stamp]) => {
      const kind = kinds.get(name);
      return kind === undefined || (stamp.startsWith('d') && kind !== 'directory');
    });
    const changed = entries.filter(({ name, stamp }) => this.#there.get(name) !== stamp);
    if (gone.length === 0 && changed.length === 0) return false;
    if (gone.length > 0) await this.#remove(gone.map(([name]) => name));
    if (changed.length > 0) await this.#send(changed);
    if (this.#isNew) await this.#append(DONE_LINE);
    this.#isNew = false;
    await this.#compact();
    return true;
  }

  async #remove(names: readonly string[]): Promise<void> {
    // What is in a directory goes before it.
    const words = names.toSorted().toReversed();
    await this.#runOn(REMOVE, words);
    await this.#append(noteLine(names.map((name) => [name, null])));
    for (const name of names) this.#there.delete(name);
    this.removed += names.length;
  }

  async #send(changed: readonly Entry[]): Promise<void> {
    const files = changed.filter(({ kind }) => kind !== 'directory');
    this.#options.onSending?.(
      files.length,
      files.reduce((sum, { size }) => sum + size, 0),
    );
    // Whatever comes of it, these may be there from now on, in whichever state.
    await this.#append(
      noteLine(changed.map(({ name, kind }) => [name, kind === 'directory' ? 'd' : ''])),
    );
    const folders = changed.filter(({ kind }) => kind === 'directory');
    // Modes of directories come last where all is new: one that may not be written to is filled first.
    const ordered = this.#isNew ? [...files, ...folders] : [...folders, ...files];
    for (const chunk of chunksOf(ordered)) {
      await this.#sendChunk(chunk);
      const stamps = chunk.map(({ name, stamp }) => [name, stamp] as const);
      await this.#append(noteLine(stamps));
      for (const [name, stamp] of stamps) this.#there.set(name, stamp);
      this.sent += chunk.filter(({ kind }) => kind !== 'directory').length;
    }
  }

  async #append(line: string): Promise<void> {
    await this.#run(NOTE, [this.#note], { input: line });
    this.#noted += line.length;
  }

  /** Forgets what is not so any more, once that is most of the note. */
  async #compact(): Promise<void> {
    const text = noteLine(this.#there);
    if (this.#noted < 2 * text.length + 65_536) return;
    const length = String(Buffer.byteLength(text));
    await this.#run(REWRITE_NOTE, [this.#note, length], { input: text });
    this.#noted = text.length;
  }

  async #sendChunk(chunk: readonly Entry[]): Promise<void> {
    if (this.#isNew) return await this.#unpack(UNPACK, this.#folder, chunk);
    const files = chunk.filter(({ kind }) => kind !== 'directory');
    await this.#unpack(UNPACK_ASIDE, this.#stage, files);
    const [file] = files;
    if (this.#isFile && file !== undefined) {
      await this.#run(REWRITE, [this.#folder, this.#stage, file.name]);
    } else {
      await this.#runOn(PLACE, placeWords(chunk));
    }
    await this.#run('rm -rf -- "$1"', [this.#stage]);
  }

  async #runOn(script: string, names: readonly string[]): Promise<void> {
    const input = names.map((name) => `${name}\0`).join('');
    const length = String(Buffer.byteLength(input));
    await this.#run(script, [this.#folder, this.#stage, length], { input });
  }

  async #unpack(script: string, folder: string, entries: readonly Entry[]): Promise<void> {
    const faults: string[] = [];
    const copies = entries.map(({ local, name }) => ({ source: local, target: name }));
    const input = packCopies(copies, {
      owner: undefined,
      onSkipped: (path, reason) => faults.push(`${path}: ${reason}`),
    });
    await this.#run(script, [folder], { input });
    if (faults[0] !== undefined) throw unreadable(faults[0]);
  }

  async #run(
    script: string,
    words: readonly string[],
    options: {
      readonly input?: string | Readable;
      readonly onOutput?: (text: string, stream: 'stdout' | 'stderr') => void;
    } = {},
  ): Promise<void> {
    const { signal } = this.#options;
    const { title } = this.#host.target;
    const argv = ['sh', '-c', script, 'sh', ...words];
    const done = await this.#host.run(argv, { ...options, signal }).catch((error: unknown) => {
      throw isMachineError(error, 'connection-lost') ? lostOnTheWay(title, error) : error;
    });
    if (done.code === 0) return;
    const reason = done.stderr.trim().split('\n')[0] || `exit code ${done.code}`;
    throw new MachineError(
      'command',
      `cannot copy to ${posix.dirname(this.#folder)} on ${title}: ${reason}`,
      {
        host: title,
        step: 'copy bind mounts',
        hint: 'Files that belong to a container\'s user can be changed by that user and root only; for disk space see "df -h" on the host. What was copied stays, and the same command goes on from there; "down --sync-binds" removes it.',
      },
    );
  }
}

/** What {@link PLACE} is told: all directories in question, the outer ones first. */
function placeWords(chunk: readonly Entry[]): readonly string[] {
  const modes = new Map<string, string>();
  for (const { name, kind, stamp } of chunk) {
    if (name !== '.')
      for (const folder of foldersOf(name)) modes.set(folder, modes.get(folder) ?? '');
    if (kind === 'directory') modes.set(name, stamp.slice(1));
  }
  const depth = (name: string): number => (name === '.' ? 0 : name.split('/').length);
  return [...modes]
    .toSorted(([a], [b]) => depth(a) - depth(b))
    .map(([name, mode]) => `${mode}/${name}`);
}

function* chunksOf(entries: readonly Entry[]): Generator<readonly Entry[]> {
  let chunk: Entry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    if (chunk.length === CHUNK.entries || (chunk.length > 0 && bytes + entry.size > CHUNK.bytes)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(entry);
    bytes += entry.size;
  }
  if (chunk.length > 0) yield chunk;
}

function lostOnTheWay(host: string, cause: MachineError): MachineError {
  return new MachineError(
    'connection-lost',
    `lost the connection to ${host} while bind mounts were copied`,
    { host, step: 'copy bind mounts', hint: 'The same command goes on from there.', cause },
  );
}

function unreadable(reason: string): MachineError {
  return new MachineError('failed', `cannot read what is to be copied: ${reason}`, {
    step: 'copy bind mounts',
    hint: 'The engine of this computer would read it as root: make it readable for you, or bind less.',
  });
}
