import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pack, type Pack } from 'tar-stream';
import { EngineError, messageOf } from '../errors.ts';
import { addEntry, addFile, entryHeader } from '../tar-entry.ts';
import type { IgnoreRules } from '../../foundation/dockerignore.ts';

export interface ContextOptions {
  readonly directory: string;
  readonly rules: IgnoreRules;
  /** Files that replace or add to those of the directory, by path in the archive. */
  readonly extra: Readonly<Record<string, string>>;
}

/**
 * Packs a directory as a tar archive for a build: owner root, modes and times as they are, links
 * as links, sockets left out, entries in order of their names so that the same files give the same
 * archive. The stream fails with an EngineError that names the file which could not be read.
 */
export function packContext(options: ContextOptions): Readable {
  const archive = pack();
  const output = Readable.from(archive as AsyncIterable<Uint8Array>, { objectMode: false });
  const links = new Map<string, string>();
  const run = async (): Promise<void> => {
    for (const [name, content] of Object.entries(options.extra)) {
      archive.entry({ name, mode: 0o644, mtime: new Date(0), uid: 0, gid: 0 }, content);
    }
    await packDirectory({ archive, links, ...options }, '');
    archive.finalize();
  };
  run().catch((error: unknown) => output.destroy(error as Error));
  return output;
}

interface Packing extends ContextOptions {
  readonly archive: Pack;
  /** Device and inode of files with several names → the name packed first. */
  readonly links: Map<string, string>;
}

async function packDirectory(packing: Packing, directory: string): Promise<void> {
  const { rules, extra, archive } = packing;
  const names = await attempt(directory, () => readdir(join(packing.directory, directory)));
  for (const name of names.toSorted()) {
    const path = directory === '' ? name : `${directory}/${name}`;
    if (Object.hasOwn(extra, path)) continue;
    const excluded = rules.excludes(path);
    const stats = await attempt(path, () => lstat(join(packing.directory, path)));
    if (stats.isDirectory()) {
      if (!excluded) await addEntry(archive, { ...entryHeader(path, stats), type: 'directory' });
      if (!excluded || !rules.prunes(path)) await packDirectory(packing, path);
    } else if (!excluded) {
      await packFile(packing, path, stats);
    }
  }
}

async function packFile(packing: Packing, path: string, stats: Stats): Promise<void> {
  const { archive, links } = packing;
  const source = join(packing.directory, path);
  if (stats.isSymbolicLink()) {
    const linkname = await attempt(path, () => readlink(source));
    await addEntry(archive, { ...entryHeader(path, stats), type: 'symlink', linkname });
    return;
  }
  if (!stats.isFile()) return;
  const identity = `${stats.dev}:${stats.ino}`;
  const linkname = stats.nlink > 1 ? links.get(identity) : undefined;
  if (linkname !== undefined) {
    await addEntry(archive, { ...entryHeader(path, stats), type: 'link', linkname });
    return;
  }
  if (stats.nlink > 1) links.set(identity, path);
  await attempt(path, () =>
    addFile(archive, { ...entryHeader(path, stats), size: stats.size }, source),
  );
}

async function attempt<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof EngineError) throw cause;
    const { code } = cause as { code?: string };
    const reason =
      code === 'EACCES' ? `no permission to read from "${path}"` : `"${path}": ${messageOf(cause)}`;
    throw new EngineError('invalid', `checking context: ${reason}`, {
      hint: 'If the build does not need it, list it in .dockerignore.',
      cause,
    });
  }
}

/** Name in the archive for a Dockerfile that is not part of the context; the same for the same text. */
export function foreignDockerfileName(content: string): string {
  return `.dockerfile.${createHash('sha256').update(content).digest('hex').slice(0, 20)}`;
}
