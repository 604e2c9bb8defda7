import { dirname, join, relative, sep } from 'node:path';
import {
  watchDirectory,
  watchFault,
  type DirectoryWatch,
  type WatchDirectory,
  type WatchFault,
} from './directory-watch.ts';
import { pathState, type PathState } from './path-state.ts';
import { isAbout, Tree, type TreeChange } from './tree.ts';

export interface TreeWatchOptions {
  /** Absolute paths of files and directories; they need not exist. */
  readonly roots: readonly string[];
  /** True for directories in which nothing matters; they are neither read nor watched. */
  readonly prunes: (directory: string) => boolean;
  readonly onChange: (change: TreeChange) => void;
  /** Told once for each path. */
  readonly onFault: (fault: WatchFault) => void;
  readonly watchDirectory?: WatchDirectory;
  /** Default: as the operating system can. */
  readonly recursive?: boolean;
}

/**
 * So many messages since the last full look mean that the system may have dropped some: its queue is
 * 16384 long (fs.inotify.max_queued_events), and it does not tell us.
 */
const FLOOD = 8192;

interface Anchor {
  readonly inode: number;
  readonly watch: DirectoryWatch;
}

/**
 * Watches files and directory trees, also those that do not exist yet or come back later: the
 * directory above each of them is watched as well.
 */
export class TreeWatch {
  readonly #options: TreeWatchOptions;
  readonly #tree: Tree;
  readonly #roots: readonly string[];
  /** State of the roots that are files. */
  readonly #files = new Map<string, PathState>();
  /** Directories that are watched because a root may appear in them. */
  readonly #anchors = new Map<string, Anchor>();
  /** What the system told and nobody has looked at yet. */
  readonly #told = new Map<string, Set<string | null>>();
  readonly #faults = new Set<string>();
  #scheduled = false;
  #events = 0;
  #closed = false;

  constructor(options: TreeWatchOptions) {
    this.#options = options;
    this.#roots = outermost(options.roots);
    const { onChange, prunes } = options;
    this.#tree = new Tree({
      recursive: options.recursive ?? process.platform !== 'linux',
      watchDirectory: options.watchDirectory ?? watchDirectory,
      prunes,
      onChange,
      onFault: (fault) => {
        this.#fault(fault);
      },
      onEvent: (directory, name) => {
        this.#tell(directory, name);
      },
    });
  }

  /** Begins; what is there now is the state that changes are told against. */
  start(): void {
    for (const root of this.#roots) this.#settle(root, false);
  }

  /** Looks at everything that the system has told so far, and at all files if that was too much. */
  look(): void {
    const told = [...this.#told];
    this.#told.clear();
    for (const [directory, names] of told) {
      for (const name of names.has(null) ? [null] : names) this.#lookAt(directory, name);
    }
    if (this.#events < FLOOD) return;
    this.#events = 0;
    for (const root of this.#roots) this.#settle(root, true);
    for (const directory of this.#tree.directories) this.#tree.look(directory, null);
  }

  /** All files that are known, with the time they were changed last (milliseconds since the epoch). */
  *files(): Generator<{ readonly path: string; readonly modified: number }> {
    for (const [path, { modified }] of this.#files) yield { path, modified };
    yield* this.#tree.files();
  }

  close(): void {
    this.#closed = true;
    this.#tree.close();
    for (const { watch } of this.#anchors.values()) watch.close();
    this.#anchors.clear();
  }

  #tell(directory: string, name: string | null): void {
    if (this.#closed) return;
    this.#events += 1;
    const names = this.#told.get(directory) ?? new Set();
    this.#told.set(directory, names.add(name));
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (!this.#closed) this.look();
    });
  }

  #lookAt(directory: string, name: string | null): void {
    if (name === null) this.#tree.look(directory, null);
    else this.#tree.lookAt(join(directory, name));
    if (!this.#anchors.has(directory)) return;
    for (const root of this.#roots) {
      const [next] = relative(directory, root).split(sep);
      if (next !== undefined && isAbout(directory, name, next)) this.#settle(root, true);
    }
  }

  /** Brings what is known of a root up to date, and watches where it may come and go. */
  #settle(root: string, report: boolean): void {
    this.#anchor(root);
    const now = pathState(root);
    const file = this.#files.get(root);
    const inode = this.#tree.inodeOf(root);
    if (inode !== undefined && inode !== now?.inode) this.#tree.leave(root, report);
    if (now?.kind === 'file') this.#files.set(root, now);
    else this.#files.delete(root);
    if (report && (now?.kind === 'file' ? now : undefined)?.signature !== file?.signature) {
      this.#options.onChange({ path: root, before: file?.kind, now: now?.kind });
    }
    if (now?.kind === 'directory' && !this.#tree.has(root)) {
      this.#tree.enter(root, now.inode, report);
    }
  }

  /** Watches the nearest directory above a root that exists. */
  #anchor(root: string): void {
    for (let at = dirname(root); ; at = dirname(at)) {
      const inode = pathState(at)?.inode;
      const known = this.#anchors.get(at);
      if (known !== undefined && known.inode === inode) return;
      known?.watch.close();
      this.#anchors.delete(at);
      if (inode !== undefined && this.#watchAnchor(at, inode)) {
        // What appeared on the way before this watch began has been missed.
        const [next = ''] = relative(at, root).split(sep);
        const child = join(at, next);
        if (child !== root && pathState(child)?.kind === 'directory') this.#anchor(root);
        return;
      }
      if (at === dirname(at)) return;
    }
  }

  #watchAnchor(path: string, inode: number): boolean {
    const watchOne = this.#options.watchDirectory ?? watchDirectory;
    try {
      const watch = watchOne(path, { recursive: false }, (name) => {
        this.#tell(path, name);
      });
      this.#anchors.set(path, { inode, watch });
      return true;
    } catch (error) {
      const fault = watchFault(path, error);
      if (fault !== undefined) this.#fault(fault);
      return false;
    }
  }

  #fault(fault: WatchFault): void {
    // Of an exhausted limit every directory would tell.
    const key = fault.kind === 'limit' ? fault.kind : fault.path;
    if (this.#faults.has(key)) return;
    this.#faults.add(key);
    this.#options.onFault(fault);
  }
}

/** The paths that are not below another one. */
function outermost(paths: readonly string[]): readonly string[] {
  const unique = [...new Set(paths)].toSorted();
  return unique.filter((path) => !unique.some((other) => path.startsWith(`${other}${sep}`)));
}
