import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { SFTPWrapper } from 'ssh2';
import type { MachineError } from '../machine-error.ts';
import { Sftp } from './sftp.ts';
import type { SshTarget, TransferOptions } from './ssh-host.ts';
import { download, upload } from './transfer.ts';

/** Files of a host, over SFTP. */
export class RemoteFiles {
  readonly #sftp: Sftp;

  /** @param gone resolves to what happened when nothing is answered any more */
  constructor(sftp: SFTPWrapper, target: SshTarget, gone: Promise<MachineError>) {
    this.#sftp = new Sftp(sftp, target, gone);
  }

  /** Writes a file beside its place and moves it there. */
  async write(path: string, content: string | Uint8Array, mode: number): Promise<void> {
    const { raw } = this.#sftp;
    const temporary = posix.join(
      posix.dirname(path),
      `.${posix.basename(path)}.${randomBytes(6).toString('hex')}`,
    );
    // Nobody else may read it before it has its mode.
    const options = { mode: 0o600, flag: 'wx' } as const;
    try {
      await this.#sftp.call('write', path, (done) =>
        raw.writeFile(temporary, Buffer.from(content as string), options, done),
      );
      await this.#sftp.call('write', path, (done) => raw.chmod(temporary, mode, done));
      await this.#sftp.call('write', path, (done) => raw.ext_openssh_rename(temporary, path, done));
    } catch (error) {
      raw.unlink(temporary, () => undefined);
      throw error;
    }
  }

  async read(path: string): Promise<Uint8Array> {
    return await this.#sftp.ask<Buffer>('read', path, (done) =>
      this.#sftp.raw.readFile(path, done),
    );
  }

  /** Copies a local file, or folder when `recursive`, as `scp` does: into `to` when that is a folder. */
  async upload(from: string, to: string, options: TransferOptions): Promise<void> {
    await upload(this.#sftp, from, to, options);
  }

  /** The same in the other direction. */
  async download(from: string, to: string, options: TransferOptions): Promise<void> {
    await download(this.#sftp, from, to, options);
  }
}
