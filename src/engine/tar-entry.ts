import type { Stats } from 'node:fs';
import type { Header, Pack } from 'tar-stream';

export type EntryHeader = Partial<Header> & { readonly name: string };

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
    archive.entry(header, content as Buffer, (error) => {
      if (error === null || error === undefined) resolve();
      else reject(error);
    });
  });
}
