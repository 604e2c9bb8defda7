import { lstatSync, readdirSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';

/** What a file was when it was sent: what differs is sent again. */
export type Stamp = string;

/** A file, link or directory of this computer that belongs into a folder of a host. */
export interface Entry {
  /** Below the folder, with `/`; `.` for the folder itself. */
  readonly name: string;
  readonly local: string;
  readonly kind: 'file' | 'directory' | 'link';
  readonly size: number;
  readonly stamp: Stamp;
}

export interface Listing {
  readonly entries: readonly Entry[];
  /** What cannot be copied: sockets, devices, names that are no text. */
  readonly skipped: readonly string[];
}

/** Everything below a folder, directories before what is in them; or a file alone, under its own name. */
export async function listEntries(local: string): Promise<Listing> {
  const found = { entries: [] as Entry[], skipped: [] as string[] };
  // A mount follows a link that it is given, but none below it.
  const real = realpathSync(local);
  const top = lstatSync(real);
  if (!top.isDirectory()) {
    add(found, basename(local), real, top);
    return found;
  }
  add(found, '.', real, top);
  const folders = [{ path: real, prefix: '' }];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const { path, prefix } = folder;
    for (const each of namesIn(path, found.skipped)) {
      const at = join(path, each);
      const stats = statsOf(at);
      if (stats === undefined) continue;
      const name = prefix + each;
      add(found, name, at, stats);
      if (stats.isDirectory()) folders.push({ path: at, prefix: `${name}/` });
    }
    await breathe();
  }
  return found;
}

/** Names of the directories that a name is in, the outermost first, the folder itself as `.`. */
export function foldersOf(name: string): readonly string[] {
  const folders: string[] = [];
  for (let at = dirname(name); at !== '.'; at = dirname(at)) folders.unshift(at);
  return ['.', ...folders];
}

function add(
  found: { readonly entries: Entry[]; readonly skipped: string[] },
  name: string,
  local: string,
  stats: Stats,
): void {
  const { size, mtimeMs, uid, gid } = stats;
  const owner = `${uid}:${gid}`;
  const mode = (stats.mode & 0o7777).toString(8);
  if (stats.isDirectory()) {
    found.entries.push({ name, local, kind: 'directory', size: 0, stamp: `d${mode}:${owner}` });
  } else if (stats.isSymbolicLink()) {
    const stamp = `l${readlinkSync(local)}`;
    found.entries.push({ name, local, kind: 'link', size: 0, stamp });
  } else if (stats.isFile()) {
    const stamp = `f${mode}:${owner}:${size}:${mtimeMs}`;
    found.entries.push({ name, local, kind: 'file', size, stamp });
  } else {
    found.skipped.push(local);
  }
}

function namesIn(folder: string, skipped: string[]): readonly string[] {
  const names: string[] = [];
  for (const bytes of readdirSync(folder, { encoding: 'buffer' })) {
    const name = bytes.toString('utf8');
    if (Buffer.from(name).equals(bytes)) names.push(name);
    else skipped.push(join(folder, name));
  }
  return names.toSorted();
}

/** Undefined for what has gone since it was listed. */
function statsOf(path: string): Stats | undefined {
  return lstatSync(path, { throwIfNoEntry: false });
}
