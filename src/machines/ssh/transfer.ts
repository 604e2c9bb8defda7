import { randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream, rmSync } from 'node:fs';
import { chmod, chown, mkdir, readdir, realpath, rename, stat } from 'node:fs/promises';
import { basename, dirname, join, posix } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { mapLimited } from '../../foundation/pool.ts';
import { MachineError } from '../machine-error.ts';
import { localFailure } from './local-place.ts';
import { isDenied, kindOf, type Sftp } from './sftp.ts';
import type { TransferOptions } from './ssh-host.ts';

/** Files that are copied at a time; more only wait for each other. */
const PARALLEL = 4;

/** A file that is to be copied. */
interface Copy {
  readonly from: string;
  readonly to: string;
  readonly mode: number;
  readonly size: number;
}

/** Files and folders below a folder, and what is neither. */
interface Tree {
  readonly files: Copy[];
  readonly folders: { readonly to: string; readonly mode: number }[];
  readonly leftOut: string[];
}

/** Copies a local file, or folder when `recursive`, as `scp` does: into `to` when that is a folder. */
export async function upload(
  sftp: Sftp,
  from: string,
  to: string,
  options: TransferOptions,
): Promise<void> {
  const source = await stat(from).catch((error: unknown) => {
    throw localFailure('read', from, error);
  });
  if (source.isDirectory() && !options.recursive) throw isFolder(from);
  const there = await sftp.kind(to);
  if (to.endsWith('/') && there !== 'directory') throw noFolder(to, sftp.title);
  const place = there === 'directory' ? posix.join(to, basename(from)) : to;
  if (!source.isDirectory()) {
    if (!source.isFile()) throw neither([from]);
    await putFile(sftp, { from, to: place, mode: source.mode, size: source.size }, options);
    return;
  }
  const tree: Tree = { files: [], folders: [], leftOut: [] };
  await walkLocal(tree, { from, to: place, above: [] });
  for (const { to: path, mode } of tree.folders) await makeFolder(sftp, path, mode);
  await mapLimited(tree.files, PARALLEL, (file) => putFile(sftp, file, options));
  if (tree.leftOut.length > 0) throw neither(tree.leftOut);
}

/** The same in the other direction. */
export async function download(
  sftp: Sftp,
  from: string,
  to: string,
  options: TransferOptions,
): Promise<void> {
  const source = await sftp.stat(from);
  if (source === undefined) {
    throw new MachineError('failed', `${from} does not exist on ${sftp.title}`, {
      host: sftp.title,
    });
  }
  const kind = kindOf(source);
  if (kind === 'directory' && !options.recursive) throw isFolder(from);
  const there = await stat(to).catch(() => undefined);
  if (to.endsWith('/') && there?.isDirectory() !== true) throw noFolder(to, 'this computer');
  const place = there?.isDirectory() === true ? join(to, posix.basename(from)) : to;
  if (kind !== 'directory') {
    if (kind !== 'file') throw neither([from]);
    await getFile(sftp, { from, to: place, mode: source.mode, size: source.size }, options);
    return;
  }
  const tree: Tree = { files: [], folders: [], leftOut: [] };
  await walkRemote(sftp, tree, { from, to: place, above: [] });
  for (const { to: path } of tree.folders) {
    await mkdir(path, { recursive: true }).catch((error: unknown) => {
      throw localFailure('write', path, error);
    });
  }
  await mapLimited(tree.files, PARALLEL, (file) => getFile(sftp, file, options));
  if (tree.leftOut.length > 0) throw neither(tree.leftOut);
}

/** Makes a folder on a host unless it is there. */
export async function makeFolder(sftp: Sftp, path: string, mode: number): Promise<void> {
  if ((await sftp.kind(path)) === 'directory') return;
  // Files have to be put into it.
  const attributes = { mode: 0o700 | (mode & 0o777) };
  await sftp.call('write', path, (done) => sftp.raw.mkdir(path, attributes, done));
}

/** A folder on the way through a tree; a link to one above it would go on for ever. */
interface Step {
  readonly from: string;
  readonly to: string;
  /** Where the folders above are, without links. */
  readonly above: readonly string[];
}

async function walkLocal(tree: Tree, { from, to, above }: Step): Promise<void> {
  const own = await realpath(from);
  if (above.includes(own)) {
    tree.leftOut.push(from);
    return;
  }
  tree.folders.push({ to, mode: (await stat(from)).mode });
  const names = await readdir(from).catch((error: unknown) => {
    throw localFailure('read', from, error);
  });
  for (const name of names) {
    const place = { from: join(from, name), to: posix.join(to, name) };
    const found = await stat(place.from).catch(() => undefined);
    if (found?.isDirectory() === true) {
      await walkLocal(tree, { ...place, above: [...above, own] });
    } else if (found?.isFile() === true) {
      tree.files.push({ ...place, mode: found.mode, size: found.size });
    } else tree.leftOut.push(place.from);
  }
}

async function walkRemote(sftp: Sftp, tree: Tree, { from, to, above }: Step): Promise<void> {
  const own = await sftp.realPath(from);
  if (above.includes(own)) {
    tree.leftOut.push(from);
    return;
  }
  tree.folders.push({ to, mode: 0 });
  for (const name of await sftp.list(from)) {
    const place = { from: posix.join(from, name), to: join(to, name) };
    const found = await sftp.stat(place.from);
    const kind = found === undefined ? undefined : kindOf(found);
    if (kind === 'directory') await walkRemote(sftp, tree, { ...place, above: [...above, own] });
    else if (found !== undefined && kind === 'file') {
      tree.files.push({ ...place, mode: found.mode, size: found.size });
    } else tree.leftOut.push(place.from);
  }
}

/**
 * Writes a file beside its place and moves it there, so that nobody finds half of one. One that was there keeps its
 * mode and owner. What is no file, such as a device, is written to; so is a file in a folder where nothing can be made.
 */
async function putFile(sftp: Sftp, file: Copy, options: TransferOptions): Promise<void> {
  const before = await sftp.stat(file.to);
  const write = (path: string, mode: number): Promise<void> =>
    copyStream(sftp, file, options, {
      source: createReadStream(file.from),
      target: sftp.raw.createWriteStream(path, { mode }),
      shown: file.to,
      failure: (error) =>
        'syscall' in (error as object)
          ? localFailure('read', file.from, error)
          : sftp.failure('write', file.to, error),
    });
  // Opening sets the mode as well.
  if (before !== undefined && kindOf(before) !== 'file')
    return write(file.to, before.mode & 0o7777);
  // A link stays one.
  const place = before === undefined ? file.to : await sftp.realPath(file.to);
  const beside = posix.join(posix.dirname(place), besideName(posix.basename(place)));
  try {
    // Nobody else may read it before it has its mode.
    await write(beside, 0o600);
    if (before !== undefined) await keepOwner(sftp, beside, before);
    const mode = (before ?? file).mode & 0o777;
    await sftp.call('write', file.to, (done) => sftp.raw.chmod(beside, mode, done));
    await sftp.call('write', file.to, (done) => sftp.raw.ext_openssh_rename(beside, place, done));
  } catch (error) {
    const removed = new Promise<void>((resolve) => sftp.raw.unlink(beside, () => resolve()));
    await sftp.orGone(removed);
    if (before === undefined || !isDenied(error)) throw error;
    await write(file.to, before.mode & 0o7777);
  }
}

async function keepOwner(
  sftp: Sftp,
  path: string,
  { uid, gid }: { readonly uid: number; readonly gid: number },
): Promise<void> {
  const now = await sftp.stat(path);
  if (now === undefined || (now.uid === uid && now.gid === gid)) return;
  await sftp.call('write', path, (done) => sftp.raw.chown(path, uid, gid, done));
}

/** The same on this computer. */
async function getFile(sftp: Sftp, file: Copy, options: TransferOptions): Promise<void> {
  const before = await stat(file.to).catch(() => undefined);
  const write = (path: string, mode: number): Promise<void> =>
    copyStream(sftp, file, options, {
      source: sftp.raw.createReadStream(file.from),
      target: createWriteStream(path, { mode }),
      shown: file.from,
      failure: (error) =>
        'syscall' in (error as object)
          ? localFailure('write', file.to, error)
          : sftp.failure('read', file.from, error),
    });
  if (before !== undefined && !before.isFile()) return write(file.to, before.mode & 0o777);
  const place = before === undefined ? file.to : await realpath(file.to);
  const beside = join(dirname(place), besideName(basename(place)));
  try {
    await write(beside, 0o600);
    const now = await stat(beside);
    if (before !== undefined && (now.uid !== before.uid || now.gid !== before.gid)) {
      await chown(beside, before.uid, before.gid);
    }
    await chmod(beside, (before ?? file).mode & 0o777);
    await rename(beside, place);
  } catch (error) {
    // At once: the process may be about to end.
    rmSync(beside, { force: true });
    const { code } = ((error as Error).cause ?? error) as { readonly code?: unknown };
    if (before === undefined || !['EACCES', 'EPERM'].includes(String(code))) throw error;
    await write(file.to, before.mode & 0o777);
  }
}

/** Ways from one end to the other. */
interface Ways {
  readonly source: Readable;
  readonly target: Writable;
  /** How progress calls it. */
  readonly shown: string;
  readonly failure: (error: unknown) => MachineError;
}

async function copyStream(
  sftp: Sftp,
  { size: total }: Copy,
  { signal, onProgress }: TransferOptions,
  { source, target, shown, failure }: Ways,
): Promise<void> {
  let done = 0;
  source.on('data', (chunk: Buffer) => {
    done += chunk.length;
    onProgress?.({ path: shown, done, total });
  });
  const copied = pipeline(source, target, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw failure(error);
  });
  await sftp.orGone(copied);
  if (total === 0) onProgress?.({ path: shown, done: 0, total });
}

function besideName(name: string): string {
  // Names have 255 bytes at most.
  return `.${name.slice(0, 100)}.${randomBytes(6).toString('hex')}`;
}

function isFolder(path: string): MachineError {
  return new MachineError('invalid', `${path} is a directory`, {
    hint: 'Copy it with all that is in it with -r.',
  });
}

function noFolder(path: string, where: string): MachineError {
  return new MachineError('failed', `there is no folder ${path} on ${where}`, {
    hint: 'Make it first, or leave the slash at the end out.',
  });
}

/** Most names that a message lists. */
const LISTED = 5;

function neither(paths: readonly string[]): MachineError {
  const listed = paths.slice(0, LISTED).join(', ');
  const more = paths.length > LISTED ? ` and ${paths.length - LISTED} more` : '';
  return new MachineError(
    'failed',
    `neither a file nor a folder, and so not copied: ${listed}${more}`,
    { hint: 'They are links that lead nowhere or in a circle, sockets, devices or the like.' },
  );
}
