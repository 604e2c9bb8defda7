import type { Stats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pack, type Pack } from 'tar-stream';
import { addEntry, addFile, entryHeader, type EntryHeader } from '../tar-entry.ts';
import { atLocalPath } from './local-failure.ts';
import { rename, splitEntry, type Renaming } from './paths.ts';

interface Packing {
  readonly archive: Pack;
  readonly renaming: Renaming | undefined;
  /** Device and inode of files with several names → the name packed first. */
  readonly links: Map<string, string>;
}

/**
 * Packs a file or directory of this machine as a tar archive: owners, modes and times as they are,
 * links as links, sockets left out, entries in order of their names. Nothing is held in memory but
 * small files. The stream fails with an EngineError that names what could not be read.
 *
 * @param path absolute; all entries start with its last element
 */
export function packPath(path: string, renaming?: Renaming): Readable {
  const archive = pack();
  const output = Readable.from(archive as AsyncIterable<Uint8Array>, { objectMode: false });
  const packing: Packing = { archive, renaming, links: new Map() };
  const run = async (): Promise<void> => {
    await packEntry(packing, path, splitEntry(path).base);
    archive.finalize();
  };
  run().catch((error: unknown) => {
    output.destroy(error as Error);
    archive.destroy();
  });
  return output;
}

async function packEntry(packing: Packing, path: string, entry: string): Promise<void> {
  const stats = await atLocalPath('lstat', path, () => lstat(path));
  if (stats.isSocket()) return;
  const name = nameOf(packing, entry);
  if (!stats.isDirectory()) {
    await packFile(packing, { path, name, stats });
    return;
  }
  await addEntry(packing.archive, { ...header(name, stats), type: 'directory' });
  const names = await atLocalPath('open', path, () => readdir(path));
  const inside = (directory: string, child: string): string =>
    directory.endsWith('/') ? directory + child : `${directory}/${child}`;
  for (const child of names.toSorted()) {
    await packEntry(packing, inside(path, child), inside(entry, child));
  }
}

interface FoundFile {
  readonly path: string;
  readonly name: string;
  readonly stats: Stats;
}

async function packFile(packing: Packing, { path, name, stats }: FoundFile): Promise<void> {
  const { archive, links } = packing;
  const head = header(name, stats);
  const identity = `${stats.dev}:${stats.ino}`;
  const first = stats.nlink > 1 ? links.get(identity) : undefined;
  if (first !== undefined) {
    await addEntry(archive, { ...head, type: 'link', linkname: first });
    return;
  }
  if (stats.nlink > 1) links.set(identity, name);
  if (stats.isSymbolicLink()) {
    const linkname = await atLocalPath('readlink', path, () => readlink(path));
    await addEntry(archive, { ...head, type: 'symlink', linkname });
  } else if (stats.isFile()) {
    await atLocalPath('open', path, () => addFile(archive, { ...head, size: stats.size }, path));
  } else {
    await addEntry(archive, { ...head, ...deviceOf(stats) });
  }
}

function deviceOf(stats: Stats): Partial<EntryHeader> {
  if (stats.isFIFO()) return { type: 'fifo' };
  return {
    type: stats.isBlockDevice() ? 'block-device' : 'character-device',
    devmajor: Math.floor(stats.rdev / 256) % 4096,
    devminor: (stats.rdev % 256) + Math.floor(stats.rdev / 1_048_576) * 256,
  };
}

/** Largest number of six octal digits, which is what the header has room for. */
const LARGEST_ID = 0o777777;
/** Seconds that fit into 32 bits. */
const LATEST = 2 ** 31 - 1;

function header(name: string, stats: Stats): EntryHeader {
  const { uid, gid, mtimeMs } = stats;
  const seconds = Math.floor(mtimeMs / 1000);
  const pax: Record<string, string> = {};
  if (uid > LARGEST_ID) pax['uid'] = String(uid);
  if (gid > LARGEST_ID) pax['gid'] = String(gid);
  if (seconds > LATEST || seconds < 0) pax['mtime'] = String(seconds);
  const extended = Object.keys(pax).length > 0 ? { pax } : {};
  return { ...entryHeader(name, stats), uid, gid, ...extended };
}

function nameOf({ renaming }: Packing, entry: string): string {
  return renaming === undefined ? entry : (rename(entry, renaming) ?? entry);
}
