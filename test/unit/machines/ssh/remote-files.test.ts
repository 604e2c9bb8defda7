import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import type { SFTPWrapper } from 'ssh2';
import { expect, it, onTestFinished } from 'vitest';
import { RemoteFiles } from '../../../../src/machines/ssh/remote-files.ts';
import type { SshTarget } from '../../../../src/machines/ssh/ssh-host.ts';

/** Files of a host that has a directory `/d` with the names that it tells. */
function hostWith(names: readonly string[]): RemoteFiles {
  const sftp = {
    stat: (path: string, done: (error: undefined, found: unknown) => void) =>
      done(undefined, {
        isDirectory: () => path === '/d',
        isFile: () => path !== '/d',
        size: 4,
        mode: 0o100644,
      }),
    readdir: (_path: string, done: (error: undefined, entries: unknown) => void) =>
      done(
        undefined,
        names.map((filename) => ({ filename })),
      ),
    realpath: (path: string, done: (error: undefined, found: string) => void) =>
      done(undefined, path),
    createReadStream: () => Readable.from([Buffer.from('evil')]),
  };
  const never = new Promise<never>(() => undefined);
  return new RemoteFiles(sftp as unknown as SFTPWrapper, { title: 'web' } as SshTarget, never);
}

it.each(['../escaped', '..', 'a/../../escaped', '/etc/escaped', 'a\0b', ''])(
  'a host that names a file %j gets nothing written outside of the directory',
  async (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'tcompose-files-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const to = join(folder, 'copy');
    const { signal } = new AbortController();
    await expect(
      hostWith(['fine', name]).download('/d', to, { recursive: true, signal }),
    ).rejects.toThrow(`web names a file ${JSON.stringify(name)}`);
    expect(existsSync(join(folder, 'escaped'))).toBe(false);
  },
);
