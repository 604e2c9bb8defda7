import { randomBytes } from 'node:crypto';
import { mkdir, readdir, realpath, rename, rm } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import type { Caller, CallerRules } from '../../providers/provider.ts';
import { takeSocketLock } from '../../foundation/socket-lock.ts';
import { isMachineError, MachineError } from '../machine-error.ts';
import {
  JOURNAL_FILE,
  NOT_TAKEN_OVER,
  OLD_RECORD_FILE,
  openMachineFolder,
  RECORD_FILE,
} from './machine-folder.ts';
import { COMPUTERS, computerFile, openCallerRules } from './computer.ts';
import { checkMachineName, unknownMachine } from './machine-names.ts';
import { STORE_VERSION, type Leftover } from './machine-record.ts';
import type { LockOptions, MachineFolder, MachineStore, StoredMachine } from './machine-store.ts';
import { newerStore, parseRecordOf } from './record-text.ts';
import {
  createFile,
  isMissing,
  keepPrivate,
  makeFolder,
  readIfThere,
  replaceFile,
  storeFault,
  syncFolder,
  UNFINISHED,
} from './store-files.ts';
import { broken, parseStoredObject } from './stored-json.ts';

/** Begin of names of folders that are being removed. */
const REMOVED = '.removed-';

/** Files and folders of a store. */
const LEFTOVERS = 'leftovers.json';
const BROKEN = 'broken';
const OURS: ReadonlySet<string> = new Set([
  'id',
  'machines',
  'version',
  LEFTOVERS,
  BROKEN,
  COMPUTERS,
]);

export interface StoreOptions {
  /** Absolute path: TCOMPOSE_HOME, or `.tcompose` in the home directory. */
  readonly path: string;
  /** Command that works on the machines, without its arguments, for those who wait for it. */
  readonly command: string;
  /** What is typed before a command about machines, for those who look for one that there is not. */
  readonly program?: string;
  /** Called when a machine is waited for, with who works on it. */
  readonly onWait?: (machine: string, holder: string) => void;
  /** Called with sentences about what was mended. */
  readonly onWarning?: (text: string) => void;
}

/** The store at a path, which need not exist yet: it is made when something is written. */
export function openMachineStore(options: StoreOptions): MachineStore {
  return new DiskStore(options);
}

/** Path of the store that a process uses. */
export function storePath(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const given = env['TCOMPOSE_HOME'] || env['MACHINE_STORAGE_PATH'] || '';
  return given === '' ? join(home, '.tcompose') : resolve(given);
}

class DiskStore implements MachineStore {
  readonly path: string;
  readonly #options: StoreOptions;
  readonly #machines: string;
  readonly #program: string;
  #checked = false;

  constructor(options: StoreOptions) {
    this.path = options.path;
    this.#options = options;
    this.#machines = join(options.path, 'machines');
    this.#program = options.program ?? 'tcompose machine';
  }

  async id(): Promise<string> {
    await this.#make();
    const path = join(this.path, 'id');
    const known = await readIfThere(path);
    if (known === undefined) await createFile(path, `${randomBytes(8).toString('hex')}\n`);
    const id = (known ?? (await readIfThere(path)) ?? '').trim();
    if (!/^[0-9a-f]{8,64}$/.test(id)) {
      throw broken(
        `${path}:1:1: the id of the store is missing`,
        'restore the file: tags of machines have this id',
      );
    }
    return id;
  }

  async list(): Promise<readonly StoredMachine[]> {
    await this.#check();
    const names = await this.#names();
    const machines = await Promise.all(names.map((name) => this.#stored(name)));
    return machines.filter((machine) => machine !== undefined);
  }

  async oldMachines(): Promise<readonly string[]> {
    await this.#check();
    const names = await this.#names();
    const old = await Promise.all(names.map((name) => this.#isOld(name)));
    return names.filter((_name, at) => old[at] === true);
  }

  async get(name: string): Promise<StoredMachine> {
    await this.#check();
    const names = await this.#names();
    const stored = names.includes(name) ? await this.#stored(name) : undefined;
    if (stored === undefined) throw unknownMachine(name, names, this.#program);
    return stored;
  }

  async withMachine<T>(
    name: string,
    options: LockOptions,
    work: (folder: MachineFolder) => Promise<T>,
  ): Promise<T> {
    if (options.create) {
      checkMachineName(name);
      await this.#make();
    } else {
      await this.#check();
    }
    // Names that differ in case only are one on some file systems.
    return this.#locked(`machine ${name}`, name.toLowerCase(), options, async () => {
      const path = join(this.#machines, name);
      if (!options.create) await this.get(name);
      else {
        await this.#refuseOtherCase(name);
        if (options.takeOver !== true) await this.#refuseOld(name);
      }
      if (options.create) await makeFolder(path);
      await this.#mend(path);
      const folder = await openMachineFolder(name, path, this.#warn);
      try {
        return await work(folder);
      } finally {
        if (options.create) await this.#removeIfEmpty(path);
      }
    });
  }

  async remove(folder: MachineFolder): Promise<void> {
    const gone = join(this.#machines, `${REMOVED}${randomBytes(8).toString('hex')}`);
    try {
      await rename(folder.path, gone);
      await syncFolder(this.#machines);
      await rm(gone, { recursive: true, force: true });
    } catch (error) {
      if (!isMissing(error)) throw storeFault('remove', folder.path, error);
    }
  }

  async setAside(folder: MachineFolder): Promise<string> {
    const aside = join(this.path, BROKEN);
    await makeFolder(aside);
    const path = join(aside, `${folder.name}-${randomBytes(4).toString('hex')}`);
    try {
      await rename(folder.path, path);
      await syncFolder(this.#machines);
      return path;
    } catch (error) {
      throw storeFault('move', folder.path, error);
    }
  }

  async checkWritable(): Promise<void> {
    await this.#make();
    await this.#sweep();
    const probe = join(this.#machines, `${REMOVED}${randomBytes(8).toString('hex')}`);
    try {
      await mkdir(probe, { mode: 0o700 });
      await rm(probe, { recursive: true, force: true });
    } catch (error) {
      throw storeFault('write', this.#machines, error);
    }
  }

  async leftovers(): Promise<readonly Leftover[]> {
    await this.#check();
    const path = join(this.path, LEFTOVERS);
    const text = await readIfThere(path);
    if (text === undefined) return [];
    const { leftovers } = parseStoredObject(text, { path });
    if (!Array.isArray(leftovers))
      throw broken(`${path}:1:1: leftovers is no list`, 'mend the file');
    return leftovers as Leftover[];
  }

  async changeLeftovers(
    change: (leftovers: readonly Leftover[]) => readonly Leftover[],
    signal: AbortSignal,
  ): Promise<void> {
    await this.#make();
    await this.#locked('the list of leftovers', '', { timeout: 10_000, signal }, async () => {
      const before = await this.leftovers();
      const leftovers = change(before);
      if (leftovers === before) return;
      const text = `${JSON.stringify({ version: STORE_VERSION, leftovers }, undefined, 2)}\n`;
      await replaceFile(join(this.path, LEFTOVERS), text);
    });
  }

  readonly caller: Caller = {
    withRules: (firewall, signal, work) => this.#withRules(firewall, signal, work),
  };

  async #withRules<T>(
    firewall: string,
    signal: AbortSignal,
    work: (rules: CallerRules) => Promise<T>,
  ): Promise<T> {
    await this.#make();
    await makeFolder(join(this.path, COMPUTERS));
    const path = join(this.path, COMPUTERS, await computerFile());
    // No name of a machine has such a key. Others are done in a moment: nobody is told that they are waited for.
    const options = { timeout: Infinity, signal, quiet: true };
    return await this.#locked('the rules of this computer', '\0computer', options, async () =>
      work(await openCallerRules(path, firewall)),
    );
  }

  readonly #warn = (text: string): void => {
    this.#options.onWarning?.(text);
  };

  async #locked<T>(
    title: string,
    key: string,
    options: { readonly timeout: number; readonly signal: AbortSignal; readonly quiet?: boolean },
    work: () => Promise<T>,
  ): Promise<T> {
    const store = await realpath(this.path).catch(() => this.path);
    const lock = await takeSocketLock(
      { kind: 'machine', key: `${store}\0${key}` },
      {
        holder: {
          process: process.pid,
          user: userName(),
          command: this.#options.command,
          since: Date.now(),
        },
        timeout: options.timeout === Infinity ? undefined : options.timeout,
        signal: options.signal,
        onWait: (holder) => {
          if (options.quiet !== true) this.#options.onWait?.(title, holder);
        },
        timedOut: (holder) =>
          new MachineError('locked', `${title} is being worked on by ${holder}`, {
            hint: 'wait until it is done, or end it',
          }),
      },
    );
    try {
      return await work();
    } finally {
      lock.release();
    }
  }

  /** Checks version and permissions, once. */
  async #check(): Promise<void> {
    if (this.#checked) return;
    const path = join(this.path, 'version');
    const text = await readIfThere(path);
    const version = text === undefined ? STORE_VERSION : Number(text.trim());
    if (!Number.isInteger(version) || version < 1) {
      throw broken(`${path}:1:1: a version number is missing`, 'write 1 into it');
    }
    if (version > STORE_VERSION) throw newerStore(this.path, version, STORE_VERSION);
    if (await this.#isOurs()) await this.#mend(this.path);
    await this.#mend(this.#machines);
    this.#checked = true;
  }

  /** Whether nothing of others lies in the store's folder: what is secret is in `machines`, which always is ours. */
  async #isOurs(): Promise<boolean> {
    const entries = await readdir(this.path).catch(() => []);
    return entries.every((entry) => OURS.has(entry) || entry.startsWith(UNFINISHED));
  }

  /** Removes what a crash has left of machines that were removed: their keys. */
  async #sweep(): Promise<void> {
    const entries = await readdir(this.#machines).catch(() => []);
    for (const entry of entries.filter((name) => name.startsWith(REMOVED))) {
      // Another process may be about to remove it as well.
      await rm(join(this.#machines, entry), { recursive: true, force: true }).catch(
        () => undefined,
      );
    }
  }

  async #make(): Promise<void> {
    await this.#check();
    await makeFolder(this.#machines);
    const version = join(this.path, 'version');
    if ((await readIfThere(version)) === undefined) await createFile(version, `${STORE_VERSION}\n`);
  }

  async #mend(path: string): Promise<void> {
    const mended = await keepPrivate(path, process.getuid?.());
    if (mended !== undefined) this.#warn(mended);
  }

  async #names(): Promise<string[]> {
    try {
      const entries = await readdir(this.#machines, { withFileTypes: true });
      return entries
        .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
        .map(({ name }) => name)
        .toSorted();
    } catch (error) {
      if (isMissing(error)) return [];
      throw storeFault('read', this.#machines, error);
    }
  }

  /** Undefined: a create that has recorded nothing, which is as good as no machine. */
  async #stored(name: string): Promise<StoredMachine | undefined> {
    const path = join(this.#machines, name);
    const file = join(path, RECORD_FILE);
    try {
      const text = await readIfThere(file);
      if (text !== undefined) return { name, path, record: parseRecordOf(name, text, file) };
      const journal = await readIfThere(join(path, JOURNAL_FILE));
      if (journal === undefined || journal === '') {
        return (await this.#isOld(name)) ? { name, path, fault: NOT_TAKEN_OVER } : undefined;
      }
      return { name, path, fault: `${file} is missing, but there is a journal` };
    } catch (error) {
      if (!isMachineError(error, 'store')) throw error;
      return { name, path, fault: error.message };
    }
  }

  /** A machine of docker-machine that was not taken over has its key and certificates where ours would be. */
  async #refuseOld(name: string): Promise<void> {
    if (!(await this.#isOld(name))) return;
    throw new MachineError(
      'already-exists',
      `Docker machine ${JSON.stringify(name)} already exists`,
      {
        hint: 'it is one of docker-machine; take another name, or remove it with that program',
      },
    );
  }

  async #isOld(name: string): Promise<boolean> {
    const entries = await readdir(join(this.#machines, name)).catch((): string[] => []);
    return entries.includes(OLD_RECORD_FILE) && !entries.includes(RECORD_FILE);
  }

  async #refuseOtherCase(name: string): Promise<void> {
    const other = (await this.#names()).find(
      (known) => known !== name && known.toLowerCase() === name.toLowerCase(),
    );
    if (other === undefined || (await this.#stored(other)) === undefined) return;
    throw new MachineError(
      'already-exists',
      `Docker machine ${JSON.stringify(other)} already exists`,
      {
        hint: `a name that differs from it in case only, such as ${JSON.stringify(name)}, would be mistaken for it`,
      },
    );
  }

  /** A folder in which nothing was recorded is no machine. */
  async #removeIfEmpty(path: string): Promise<void> {
    const entries = await readdir(path).catch(() => ['?']);
    const recorded = [RECORD_FILE, JOURNAL_FILE, OLD_RECORD_FILE].some((name) =>
      entries.includes(name),
    );
    if (entries.includes('?') || recorded) return;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
