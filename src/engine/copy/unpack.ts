import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { extract, type Header } from 'tar-stream';
import { EngineError, fromTransport } from '../errors.ts';
import { brokenArchive, type ArchiveEntry } from '../tar-entry.ts';
import { atLocalPath, lstatOrNothing } from './local-failure.ts';
import { cleanPath } from './paths.ts';
import {
  entryPath,
  linkStaysInside,
  parentsOf,
  replacementFault,
  type UnpackPlace,
} from './unpack-rules.ts';
import { writeDevice, writeFile, writeLink, writeSymlink, settleDirectory } from './write-entry.ts';

/** A directory that gets its permissions and time when everything is in it. */
interface MadeDirectory {
  readonly path: string;
  readonly header: Header;
}

/**
 * Unpacks an archive that may come from anybody: nothing is written outside of the directory, no
 * link is followed, a file appears whole or not at all. Owners are those of the caller.
 *
 * @param address of the engine that the archive comes from
 * @throws EngineError that names the entry or the path
 */
export async function unpack(
  archive: Readable,
  place: UnpackPlace,
  address: string,
): Promise<void> {
  const reader = extract();
  archive.on('error', (error) => {
    reader.destroy(fromTransport(error, address));
  });
  archive.pipe(reader);
  const unpacking = new Unpacking({ ...place, directory: cleanPath(place.directory) });
  try {
    for await (const entry of reader) await unpacking.add(entry);
  } catch (error) {
    // What is there already shall not stay half made.
    await unpacking.finish();
    archive.destroy();
    throw isArchiveFault(error) ? brokenArchive(error) : error;
  }
  await unpacking.finish();
}

/** What tar-stream itself complains about has no code. */
function isArchiveFault(error: unknown): boolean {
  return error instanceof Error && !('code' in error) && error.name === 'Error';
}

class Unpacking {
  readonly #place: UnpackPlace;
  readonly #made: MadeDirectory[] = [];
  /** Directories, relative to the place, that are known to be none but directories. */
  readonly #safe = new Set<string>();

  constructor(place: UnpackPlace) {
    this.#place = place;
  }

  /** Writes one entry. */
  async add(entry: ArchiveEntry): Promise<void> {
    const { header } = entry;
    const relative = this.#relative(header.name);
    await this.#checkParents(relative);
    const path = join(this.#place.directory, relative);
    const existing = await lstatOrNothing(path);
    if (existing !== undefined) {
      const kinds = {
        wasDirectory: existing.isDirectory(),
        isDirectory: header.type === 'directory',
      };
      const fault = replacementFault(path, kinds, this.#place.directory);
      if (fault !== undefined) throw new EngineError('invalid', fault, REPLACING);
    }
    if (header.type === 'directory') await this.#addDirectory(relative, header, existing);
    else await this.#write(entry, relative);
    entry.resume();
  }

  /** Gives directories their permissions and times. */
  async finish(): Promise<void> {
    for (const { path, header } of this.#made.toReversed()) await settleDirectory(path, header);
  }

  #relative(name: string): string {
    const found = entryPath(name, this.#place);
    if (found.ok) return found.value;
    throw new EngineError('invalid', found.error, AS_ARCHIVE);
  }

  /** Makes what is missing above an entry; refuses links, which could lead anywhere. */
  async #checkParents(relative: string): Promise<void> {
    for (const parent of parentsOf(relative)) {
      if (this.#safe.has(parent)) continue;
      const path = join(this.#place.directory, parent);
      const stats = await lstatOrNothing(path);
      if (stats === undefined) await atLocalPath('mkdir', path, () => mkdir(path, 0o755));
      else if (!stats.isDirectory()) {
        const what = stats.isSymbolicLink() ? 'a symbolic link' : 'not a directory';
        throw new EngineError(
          'invalid',
          `cannot write ${JSON.stringify(join(this.#place.directory, relative))}: ${JSON.stringify(path)} is ${what}`,
          { hint: 'remove it, or copy to another place' },
        );
      }
      this.#safe.add(parent);
    }
  }

  async #addDirectory(relative: string, header: Header, existing: object | undefined) {
    // The destination itself stays as it is.
    if (relative === '.' && existing !== undefined) return;
    const path = join(this.#place.directory, relative);
    if (existing === undefined) await atLocalPath('mkdir', path, () => mkdir(path, 0o700));
    this.#made.push({ path, header });
    this.#safe.add(relative);
  }

  async #write(entry: ArchiveEntry, relative: string): Promise<void> {
    const { header } = entry;
    const path = join(this.#place.directory, relative);
    const target = header.linkname;
    switch (header.type) {
      case 'symlink':
        if (linkStaysInside(relative, target)) return writeSymlink(path, target, header);
        throw new EngineError(
          'invalid',
          `invalid symlink ${JSON.stringify(path)} -> ${JSON.stringify(target)}`,
          {
            hint: 'it leads out of what is copied: -L copies what a source leads to, and "cp SERVICE:PATH - | tar -x" unpacks such links as they are',
          },
        );
      case 'link': {
        const linked = this.#relative(target);
        await this.#checkParents(linked);
        return writeLink(path, join(this.#place.directory, linked));
      }
      case 'fifo':
      case 'block-device':
      case 'character-device':
        return writeDevice(path, header);
      default:
        return writeFile(path, entry);
    }
  }
}

const REPLACING = { hint: 'remove it first, or copy to another place' };
const AS_ARCHIVE = {
  hint: 'with - as destination the archive is written to standard output, for "tar -t" to look at',
};
