import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, readdir, realpath, stat } from 'node:fs/promises';
import { basename, join, posix } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { randomBytes } from 'node:crypto';
import type { SFTPWrapper } from 'ssh2';
import { mapLimited } from '../../foundation/pool.ts';
import { MachineError } from '../machine-error.ts';
import type { SshTarget, TransferOptions } from './ssh-host.ts';

/** Files that are copied at a time; more only wait for each other. */
const PARALLEL = 4;

/** Files of a host, over SFTP. */
export class RemoteFiles {
  readonly #sftp: SFTPWrapper;
  readonly #target: SshTarget;

  constructor(sftp: SFTPWrapper, target: SshTarget) {
    this.#sftp = sftp;
    this.#target = target;
  }

  /** Writes a file beside its place and moves it there. */
  async write(path: string, content: string | Uint8Array, mode: number): Promise<void> {
    const temporary = posix.join(
      posix.dirname(path),
      `.${posix.basename(path)}.${randomBytes(6).toString('hex')}`,
    );
    try {
      await this.#call('write', path, (done) =>
        // Nobody else may read it before it has its mode.
        this.#sftp.writeFile(
          temporary,
          Buffer.from(content as string),
          { mode: 0o600, flag: 'wx' },
          done,
        ),
      );
      await this.#call('write', path, (done) => this.#sftp.chmod(temporary, mode, done));
      await this.#call('write', path, (done) =>
        this.#sftp.ext_openssh_rename(temporary, path, done),
      );
    } catch (error) {
      this.#sftp.unlink(temporary, () => undefined);
      throw error;
    }
  }

  async read(path: string): Promise<Uint8Array> {
    return await new Promise<Buffer>((resolve, reject) => {
      this.#sftp.readFile(path, (error, content) => {
        if (error) reject(this.#failure('read', path, error));
        else resolve(content);
      });
    });
  }

  /** Copies a local file, or directory when `recursive`, as `scp` does: into `to` when that is a directory. */
  async upload(from: string, to: string, options: TransferOptions): Promise<void> {
    const source = await stat(from).catch((error: unknown) => {
      throw new MachineError('failed', `cannot read ${from}: ${(error as Error).message}`);
    });
    if (source.isDirectory() && !options.recursive) throw isDirectory(from);
    const place = (await this.#kind(to)) === 'directory' ? posix.join(to, basename(from)) : to;
    if (!source.isDirectory()) {
      await this.#putFile({ from, to: place, mode: source.mode }, options);
      return;
    }
    const files: { from: string; to: string; mode: number }[] = [];
    const folders: { to: string; mode: number }[] = [];
    const walk = async (
      { local, remote, mode }: { local: string; remote: string; mode: number },
      above: readonly string[],
    ): Promise<void> => {
      const way = further(above, await realpath(local), local);
      folders.push({ to: remote, mode });
      for (const entry of await readdir(local)) {
        const path = join(local, entry);
        const found = await stat(path).catch(() => undefined);
        const target = posix.join(remote, entry);
        if (found?.isDirectory() === true) {
          await walk({ local: path, remote: target, mode: found.mode }, way);
        } else if (found?.isFile() === true)
          files.push({ from: path, to: target, mode: found.mode });
      }
    };
    await walk({ local: from, remote: place, mode: source.mode }, []);
    for (const folder of folders) await this.makeFolder(folder.to, 0o700 | (folder.mode & 0o777));
    await mapLimited(files, PARALLEL, (file) => this.#putFile(file, options));
  }

  /** The same in the other direction. */
  async download(from: string, to: string, options: TransferOptions): Promise<void> {
    const kind = await this.#kind(from);
    if (kind === undefined) {
      throw new MachineError('failed', `${from} does not exist on ${this.#target.title}`, {
        host: this.#target.title,
      });
    }
    if (kind === 'directory' && !options.recursive) throw isDirectory(from);
    const there = await stat(to).catch(() => undefined);
    const place = there?.isDirectory() === true ? join(to, posix.basename(from)) : to;
    if (kind === 'file') {
      await this.#getFile(from, place, options);
      return;
    }
    const files: { from: string; to: string }[] = [];
    const walk = async (
      { remote, local }: { remote: string; local: string },
      above: readonly string[],
    ): Promise<void> => {
      const way = further(above, await this.#realPath(remote), remote);
      await mkdir(local, { recursive: true });
      for (const name of await this.list(remote)) {
        const path = posix.join(remote, name);
        const found = await this.#kind(path);
        if (found === 'directory') await walk({ remote: path, local: join(local, name) }, way);
        else if (found === 'file') files.push({ from: path, to: join(local, name) });
      }
    };
    await walk({ remote: from, local: place }, []);
    await mapLimited(files, PARALLEL, (file) => this.#getFile(file.from, file.to, options));
  }

  /** Makes a directory unless it is there. */
  async makeFolder(path: string, mode: number): Promise<void> {
    if ((await this.#kind(path)) === 'directory') return;
    await this.#call('create', path, (done) => this.#sftp.mkdir(path, { mode }, done));
  }

  async list(path: string): Promise<readonly string[]> {
    return await new Promise<string[]>((resolve, reject) => {
      this.#sftp.readdir(path, (error, entries) => {
        if (error) return reject(this.#failure('read', path, error));
        const names = entries.map(({ filename }) => filename);
        // It is the host that says these names, and they become paths here.
        const bad = names.find((name) => !isFileName(name));
        if (bad === undefined) return resolve(names);
        const text = `${this.#target.title} names a file ${JSON.stringify(bad)} in ${path}`;
        reject(new MachineError('failed', text, { host: this.#target.title }));
      });
    });
  }

  async #putFile(
    file: { readonly from: string; readonly to: string; readonly mode: number },
    { signal, onProgress }: TransferOptions,
  ): Promise<void> {
    const total = (await stat(file.from)).size;
    let done = 0;
    const source = createReadStream(file.from);
    source.on('data', (chunk) => {
      done += chunk.length;
      onProgress?.({ path: file.to, done, total });
    });
    const mode = file.mode & 0o777;
    const target = this.#sftp.createWriteStream(file.to, { mode });
    await pipeline(source, target, { signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw this.#failure('write', file.to, error);
    });
    await this.#call('write', file.to, (end) => this.#sftp.chmod(file.to, mode, end));
    if (total === 0) onProgress?.({ path: file.to, done: 0, total });
  }

  async #getFile(from: string, to: string, { signal, onProgress }: TransferOptions): Promise<void> {
    const { size: total, mode } = await new Promise<{ size: number; mode: number }>(
      (resolve, reject) => {
        this.#sftp.stat(from, (error, found) => {
          if (error) reject(this.#failure('read', from, error));
          else resolve(found);
        });
      },
    );
    let done = 0;
    const source = this.#sftp.createReadStream(from);
    source.on('data', (chunk: Buffer) => {
      done += chunk.length;
      onProgress?.({ path: from, done, total });
    });
    await pipeline(source, createWriteStream(to), { signal }).catch((error: unknown) => {
      signal.throwIfAborted();
      throw this.#failure('copy', from, error);
    });
    await chmod(to, mode & 0o777);
    if (total === 0) onProgress?.({ path: from, done: 0, total });
  }

  async #realPath(path: string): Promise<string> {
    return await new Promise((resolve, reject) => {
      this.#sftp.realpath(path, (error, real) => {
        if (error) reject(this.#failure('read', path, error));
        else resolve(real);
      });
    });
  }

  async #kind(path: string): Promise<'file' | 'directory' | 'other' | undefined> {
    return await new Promise((resolve) => {
      this.#sftp.stat(path, (error, found) => {
        if (error) resolve(undefined);
        else resolve(found.isDirectory() ? 'directory' : found.isFile() ? 'file' : 'other');
      });
    });
  }

  async #call(
    verb: string,
    path: string,
    act: (done: (error?: Error | null) => void) => void,
  ): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      act((error) => {
        if (error) reject(error);
        else resolve();
      });
    }).catch((error: unknown) => {
      throw this.#failure(verb, path, error);
    });
  }

  #failure(verb: string, path: string, error: unknown): MachineError {
    const reason = error instanceof Error ? error.message : String(error);
    return new MachineError(
      'failed',
      `cannot ${verb} ${path} on ${this.#target.title}: ${reason}`,
      {
        host: this.#target.title,
        cause: error,
      },
    );
  }
}

/** The directories that a copy is in, with one more. Links are followed, but not round and round. */
function further(above: readonly string[], real: string, path: string): readonly string[] {
  if (!above.includes(real)) return [...above, real];
  throw new MachineError('invalid', `${path} is a link to a directory that it lies in`, {
    hint: 'Copy without the link: its content would have no end.',
  });
}

function isFileName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) return false;
  return process.platform !== 'win32' || !name.includes('\\');
}

function isDirectory(path: string): MachineError {
  return new MachineError('invalid', `${path} is a directory`, {
    hint: 'Copy it with all that is in it with -r.',
  });
}
