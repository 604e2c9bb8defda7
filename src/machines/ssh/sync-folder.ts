import { lstat, readdir, readlink } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import { Readable } from 'node:stream';
import { pack, type Pack } from 'tar-stream';
import { addEntry, addFile } from '../../engine/tar-entry.ts';
import { isMachineError, MachineError } from '../machine-error.ts';
import type { RunResult, SshHost } from './ssh-host.ts';

/** A file as it was when it was sent; what differs is sent again. */
type Stamp = string;

interface Entry {
  /** Below the folder, with `/`. */
  readonly name: string;
  readonly local: string;
  readonly kind: 'file' | 'directory' | 'link';
  readonly size: number;
  readonly mode: number;
  readonly stamp: Stamp;
}

/** What came of a sync. */
export interface Synced {
  readonly sent: number;
  readonly removed: number;
}

/**
 * Makes a folder on a host have what a local file or folder has: only what changed since the last time is sent,
 * and only what was sent before is removed, so that what containers write there stays. A file lies in the folder
 * under its own name. What was sent is noted beside the folder.
 */
export async function syncFolder(
  host: SshHost,
  local: string,
  remote: string,
  signal: AbortSignal,
): Promise<Synced> {
  const note = `${remote}.json`;
  const entries = await listEntries(local);
  await must(host, ['mkdir', '-p', '-m', '700', posix.dirname(remote)], { signal });
  await must(host, ['mkdir', '-p', remote], { signal });
  const before = await readNote(host, note, signal);
  const changed = entries.filter(({ name, stamp }) => before[name] !== stamp);
  const now = Object.fromEntries(entries.map(({ name, stamp }) => [name, stamp]));
  const gone = Object.keys(before).filter((name) => !Object.hasOwn(now, name));
  if (changed.length === 0 && gone.length === 0) return { sent: 0, removed: 0 };
  if (gone.length > 0) {
    const input = gone.map((name) => `${name}\0`).join('');
    const remove = 'cd "$1" && xargs -0 rm -rf --';
    await must(host, ['sh', '-c', remove, 'sh', remote], { input, signal });
  }
  if (changed.length > 0) {
    const archive = pack();
    const filling = fill(archive, changed).catch((error: unknown) => {
      archive.destroy(error instanceof Error ? error : new Error(String(error)));
    });
    try {
      const input = Readable.from(archive);
      await must(host, ['tar', '-xpf', '-', '-C', remote], { input, signal });
    } finally {
      // What nobody reads any more is not filled any further.
      archive.destroy();
      await filling;
    }
  }
  await host.writeFile(note, JSON.stringify(now), { mode: 0o600, signal });
  return { sent: changed.filter(({ kind }) => kind !== 'directory').length, removed: gone.length };
}

async function listEntries(local: string): Promise<readonly Entry[]> {
  const top = await lstat(local);
  if (!top.isDirectory()) return await entriesOf(dirname(local), [basename(local)], '');
  return await entriesOf(local, await readdir(local), '');
}

async function entriesOf(
  folder: string,
  names: readonly string[],
  prefix: string,
): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const each of names.toSorted()) {
    const local = join(folder, each);
    const name = prefix + each;
    const found = await lstat(local);
    const mode = found.mode & 0o7777;
    if (found.isDirectory()) {
      entries.push({ name, local, kind: 'directory', size: 0, mode, stamp: `d${mode}` });
      entries.push(...(await entriesOf(local, await readdir(local), `${name}/`)));
    } else if (found.isSymbolicLink()) {
      const stamp = `l${await readlink(local)}`;
      entries.push({ name, local, kind: 'link', size: 0, mode, stamp });
    } else if (found.isFile()) {
      const stamp = `f${mode}:${found.size}:${found.mtimeMs}`;
      entries.push({ name, local, kind: 'file', size: found.size, mode, stamp });
    }
  }
  return entries;
}

async function fill(archive: Pack, entries: readonly Entry[]): Promise<void> {
  for (const { name, local, kind, size, mode } of entries) {
    if (kind === 'file') await addFile(archive, { name, mode, size }, local);
    else if (kind === 'directory') await addEntry(archive, { name, mode, type: 'directory' });
    else await addEntry(archive, { name, mode, type: 'symlink', linkname: await readlink(local) });
  }
  archive.finalize();
}

async function readNote(
  host: SshHost,
  path: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, Stamp>>> {
  try {
    // As a file: of what commands print, only the end is kept.
    const text = Buffer.from(await host.readFile(path, signal)).toString('utf8');
    return JSON.parse(text) as Readonly<Record<string, Stamp>>;
  } catch (error) {
    if (signal.aborted || isMachineError(error, 'connection-lost', 'unreachable')) throw error;
    // There is none, or it was cut: everything is sent.
    return {};
  }
}

async function must(
  host: SshHost,
  argv: readonly string[],
  options: Parameters<SshHost['run']>[1],
): Promise<RunResult> {
  const done = await host.run(argv, options);
  if (done.code === 0) return done;
  const reason = done.stderr.trim().split('\n').at(-1) ?? '';
  throw new MachineError('command', `${argv[0]} on ${host.target.title} failed: ${reason}`, {
    host: host.target.title,
    step: 'copy bind mounts',
  });
}
