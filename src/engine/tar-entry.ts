import { createReadStream, type Stats } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { Extract, Header, Pack } from 'tar-stream';
import { EngineError, messageOf } from './errors.ts';

export type EntryHeader = Partial<Header> & { readonly name: string };

/** An entry that is being read, with its content. */
export type ArchiveEntry = Extract extends AsyncIterable<infer Entry> ? Entry : never;

/** Small files are read at once, so that there is one system call less per file. */
const SMALL = 1 << 20;

/** Permissions and time of a file as they are; owner root. */
export function entryHeader(name: string, stats: Stats): EntryHeader {
  return { name, mode: stats.mode & 0o7777, mtime: stats.mtime, uid: 0, gid: 0 };
}

/** Adds an entry whose content is at hand; resolves when the archive takes the next one. */
export function addEntry(
  archive: Pack,
  header: EntryHeader,
  content: Uint8Array | string = '',
): Promise<void> {
  return new Promise((resolve, reject) => {
    archive.entry(header, content, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}

/** Adds a regular file of `size` bytes; rejects when it cannot be read. */
export async function addFile(
  archive: Pack,
  header: EntryHeader & { readonly size: number },
  source: string,
): Promise<void> {
  if (header.size > SMALL) return streamFile(archive, header, source);
  const content = await readFile(source);
  return addEntry(archive, { ...header, size: content.length }, content);
}

/** A file that changes while it is read would spoil the archive: it fails instead. */
function streamFile(
  archive: Pack,
  header: EntryHeader & { readonly size: number },
  source: string,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const sink = archive.entry(header, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
    const stream = createReadStream(source, { end: header.size - 1 });
    // An archive that is given up ends its entries with an error of their own.
    sink.on('error', (error) => {
      stream.destroy();
      reject(error);
    });
    stream.on('error', (error) => sink.destroy(error));
    stream.pipe(sink);
  });
}

/** The content of an entry. @throws EngineError when the archive is cut off or broken */
export async function* contentOf(entry: ArchiveEntry): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of entry) yield chunk as Uint8Array;
  } catch (error) {
    throw error instanceof EngineError ? error : brokenArchive(error);
  }
}

/** What a reader of archives complains about, as a failure of who sent it. */
export function brokenArchive(cause: unknown): EngineError {
  return new EngineError('failed', `the engine's archive is broken: ${messageOf(cause)}`, {
    cause,
  });
}
