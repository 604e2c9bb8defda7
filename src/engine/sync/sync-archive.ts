import { createReadStream, type Stats } from 'node:fs';
import { lstat, open, readFile, readlink } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pack, type Pack } from 'tar-stream';
import type { CopiedPath } from '../../scheduler/watch-batch.ts';
import { messageOf } from '../errors.ts';
import { addEntry, entryHeader, type EntryHeader } from '../tar-entry.ts';
import { deferred } from '../../foundation/deferred.ts';

export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

export interface SyncArchiveOptions {
  /** Who owns the copies; undefined: whoever owns the originals. */
  readonly owner: Owner | undefined;
  /** Told of each file that could not be read, and why. */
  readonly onSkipped: (path: string, reason: string) => void;
}

/** Small files are read at once, so that their size cannot change on the way. */
const SMALL = 1 << 20;

/**
 * Packs files, links and directories (without what is in them) as one tar archive. Files that have
 * gone in the meantime are passed over, files that change while they are read arrive in some state:
 * their next change is a change of its own.
 */
export function packCopies(copies: readonly CopiedPath[], options: SyncArchiveOptions): Readable {
  const archive = pack();
  const output = Readable.from(archive as AsyncIterable<Uint8Array>, { objectMode: false });
  const run = async (): Promise<void> => {
    for (const copy of copies) await packOne(archive, copy, options);
    archive.finalize();
  };
  run().catch((error: unknown) => output.destroy(error as Error));
  return output;
}

async function packOne(
  archive: Pack,
  { source, target }: CopiedPath,
  options: SyncArchiveOptions,
): Promise<void> {
  const read = await readSource(source).catch((error: unknown) => {
    if (!isGone(error)) options.onSkipped(source, messageOf(error));
    return undefined;
  });
  if (read === undefined) return;
  const { stats } = read;
  const owner = options.owner ?? { uid: stats.uid, gid: stats.gid };
  const header = { ...entryHeader(target.replace(/^\/+/, ''), stats), ...owner };
  switch (read.kind) {
    case 'directory':
      return addEntry(archive, { ...header, type: 'directory' });
    case 'link':
      return addEntry(archive, { ...header, type: 'symlink', linkname: read.linkname });
    case 'small':
      return addEntry(archive, { ...header, size: read.content.length }, read.content);
    case 'large':
      return streamFile(archive, { ...header, size: stats.size }, read.handle);
  }
}

type Source =
  | { readonly kind: 'directory'; readonly stats: Stats }
  | { readonly kind: 'link'; readonly stats: Stats; readonly linkname: string }
  | { readonly kind: 'small'; readonly stats: Stats; readonly content: Uint8Array }
  | { readonly kind: 'large'; readonly stats: Stats; readonly handle: FileHandle };

type FileHandle = Awaited<ReturnType<typeof open>>;

/** Undefined for what cannot be in an archive. */
async function readSource(path: string): Promise<Source | undefined> {
  const stats = await lstat(path);
  if (stats.isDirectory()) return { kind: 'directory', stats };
  if (stats.isSymbolicLink()) return { kind: 'link', stats, linkname: await readlink(path) };
  if (!stats.isFile()) return undefined;
  if (stats.size <= SMALL) return { kind: 'small', stats, content: await readFile(path) };
  return { kind: 'large', stats, handle: await open(path) };
}

/** Sends exactly as much as was announced: a file that shrinks is filled up, one that grows is cut. */
async function streamFile(archive: Pack, header: EntryHeader, handle: FileHandle): Promise<void> {
  const size = header.size ?? 0;
  const { promise, resolve, reject } = deferred<void>();
  const sink = archive.entry(header, (error) => {
    if (error === null || error === undefined) resolve();
    else reject(error);
  });
  const content = async function* (): AsyncGenerator<Uint8Array> {
    let rest = size;
    const stream = createReadStream('', { fd: handle, end: size - 1, autoClose: true });
    for await (const chunk of stream) {
      rest -= (chunk as Buffer).length;
      yield chunk as Buffer;
    }
    for (; rest > 0; rest -= SMALL) yield Buffer.alloc(Math.min(rest, SMALL));
  };
  Readable.from(content())
    .on('error', (error) => sink.destroy(error))
    .pipe(sink);
  await promise;
}

function isGone(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' || code === 'ENOTDIR';
}
