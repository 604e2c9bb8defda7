import { readdirSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import {
  watchFault,
  type DirectoryWatch,
  type WatchDirectory,
  type WatchFault,
} from './directory-watch.ts';
import { pathState, type PathState } from './path-state.ts';

/** What was at a path, and what is there now. */
export interface TreeChange {
  /** Absolute. */
  readonly path: string;
  readonly before: PathState['kind'] | undefined;
  readonly now: PathState['kind'] | undefined;
}

export interface TreeOptions {
  /** One watch covers a whole tree (macOS, Windows); otherwise every directory gets its own. */
  readonly recursive: boolean;
  readonly watchDirectory: WatchDirectory;
  /** True for directories in which nothing matters; they are neither read nor watched. */
  readonly prunes: (directory: string) => boolean;
  readonly onChange: (change: TreeChange) => void;
  readonly onFault: (fault: WatchFault) => void;
  /** Called for every message of the system, however small. */
  readonly onEvent: (directory: string, name: string | null) => void;
}

interface Directory {
  readonly inode: number;
  readonly watch: DirectoryWatch | undefined;
  readonly entries: Map<string, PathState>;
}

/**
 * What is known of directory trees. A message of the system only says where to look: what changed is
 * found by comparing, so that nothing depends on messages being complete or in order. A directory is
 * watched before it is read, so that nothing falls between.
 */
export class Tree {
  readonly #options: TreeOptions;
  readonly #directories = new Map<string, Directory>();

  constructor(options: TreeOptions) {
    this.#options = options;
  }

  get directories(): Iterable<string> {
    return this.#directories.keys();
  }

  has(directory: string): boolean {
    return this.#directories.has(directory);
  }

  /** Inode of a directory that is watched. */
  inodeOf(directory: string): number | undefined {
    return this.#directories.get(directory)?.inode;
  }

  /** Watches and reads a directory and all below it; with `report` all of it counts as new. */
  enter(path: string, inode: number, report: boolean): void {
    if (this.#options.prunes(path)) return;
    const watch = this.#watch(path);
    if (watch === 'failed') return;
    const directory: Directory = { inode, watch, entries: new Map() };
    this.#directories.set(path, directory);
    for (const name of this.#read(path)) this.#compare(path, directory, { name, report });
  }

  /** Forgets a directory and all below it; with `report` all of it counts as gone. */
  leave(path: string, report: boolean): void {
    const directory = this.#directories.get(path);
    if (directory === undefined) return;
    this.#directories.delete(path);
    directory.watch?.close();
    for (const [name, { kind }] of directory.entries) {
      const child = join(path, name);
      if (kind === 'directory') this.leave(child, report);
      if (report) this.#options.onChange({ path: child, before: kind, now: undefined });
    }
  }

  /** Everything that is no directory. */
  *files(): Generator<{ readonly path: string; readonly modified: number }> {
    for (const [directory, { entries }] of this.#directories) {
      for (const [name, { kind, modified }] of entries) {
        if (kind === 'file') yield { path: join(directory, name), modified };
      }
    }
  }

  /** Looks at one entry of a directory, or at all of them; nothing where it is not known. */
  look(path: string, name: string | null): void {
    const directory = this.#directories.get(path);
    if (directory === undefined) return;
    if (name !== null) {
      this.#compare(path, directory, { name, report: true });
      return;
    }
    for (const each of new Set([...directory.entries.keys(), ...this.#read(path)])) {
      this.#compare(path, directory, { name: each, report: true });
    }
  }

  /** Looks at what an event was about; below directories that are not known yet, at the first of them. */
  lookAt(path: string): void {
    for (let at = dirname(path); ; at = dirname(at)) {
      if (this.#directories.has(at)) {
        this.look(at, relative(at, path).split(sep)[0] ?? null);
        break;
      }
      if (at === dirname(at)) break;
    }
    if (this.#options.recursive) this.look(path, null);
  }

  close(): void {
    for (const path of this.#directories.keys()) this.leave(path, false);
  }

  #compare(
    path: string,
    directory: Directory,
    { name, report }: { readonly name: string; readonly report: boolean },
  ): void {
    const child = join(path, name);
    const before = directory.entries.get(name);
    const now = pathState(child);
    if (before?.signature === now?.signature && before?.inode === now?.inode) return;
    const stays =
      before?.kind === 'directory' && now?.kind === 'directory' && before.inode === now.inode;
    if (before?.kind === 'directory' && !stays) this.leave(child, report);
    if (now === undefined) directory.entries.delete(name);
    else directory.entries.set(name, now);
    if (report) this.#options.onChange({ path: child, before: before?.kind, now: now?.kind });
    if (now?.kind === 'directory' && !stays) this.enter(child, now.inode, report);
  }

  /** Undefined where the watch of a directory above does. */
  #watch(path: string): DirectoryWatch | 'failed' | undefined {
    const { recursive, watchDirectory, onEvent, onFault } = this.#options;
    if (recursive && this.#directories.has(dirname(path))) return undefined;
    try {
      return watchDirectory(path, { recursive }, (name) => {
        onEvent(path, name);
      });
    } catch (error) {
      const fault = watchFault(path, error);
      if (fault !== undefined) onFault(fault);
      return 'failed';
    }
  }

  #read(path: string): readonly string[] {
    try {
      return readdirSync(path);
    } catch (error) {
      const fault = watchFault(path, error);
      if (fault !== undefined) this.#options.onFault(fault);
      return [];
    }
  }
}

/** Whether an event of a directory can be about one of its entries; some systems name the directory. */
export function isAbout(directory: string, event: string | null, entry: string): boolean {
  return event === null || event === entry || event === basename(directory);
}
