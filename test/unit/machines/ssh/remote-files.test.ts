import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
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
    realpath: (path: string, done: (error: undefined, real: string) => void) =>
      done(undefined, path),
    createReadStream: () => Readable.from([Buffer.from('evil')]),
  };
  return new RemoteFiles(sftp as unknown as SFTPWrapper, { title: 'web' } as SshTarget);
}

it('a link that leads back to where it is ends a copy of a directory', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'a/b'), { recursive: true });
  symlinkSync('..', join(folder, 'a/b/up'));
  symlinkSync('b', join(folder, 'a/other'));
  const made: string[] = [];
  const sftp = {
    stat: (_path: string, done: (error: Error) => void) => done(new Error('No such file')),
    mkdir: (path: string, _mode: unknown, done: () => void) => {
      made.push(path);
      done();
    },
  };
  const files = new RemoteFiles(sftp as unknown as SFTPWrapper, { title: 'web' } as SshTarget);
  const { signal } = new AbortController();
  await expect(files.upload(join(folder, 'a'), '/to', { recursive: true, signal })).rejects.toThrow(
    `${join(folder, 'a/b/up')} is a link to a directory that it lies in`,
  );
  expect(made).toEqual([]);
  rmSync(join(folder, 'a/b/up'));
  await files.upload(join(folder, 'a'), '/to', { recursive: true, signal });
  expect(made).toEqual(['/to', '/to/b', '/to/other']);
});

it('nor does one on the host', async () => {
  const sftp = {
    stat: (path: string, done: (error: undefined, found: unknown) => void) =>
      done(undefined, { isDirectory: () => true, isFile: () => false, path }),
    realpath: (_path: string, done: (error: undefined, path: string) => void) =>
      done(undefined, '/d'),
    readdir: (_path: string, done: (error: undefined, entries: unknown) => void) =>
      done(undefined, [{ filename: 'up' }]),
  };
  const files = new RemoteFiles(sftp as unknown as SFTPWrapper, { title: 'web' } as SshTarget);
  const folder = mkdtempSync(join(tmpdir(), 'tcompose-files-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const { signal } = new AbortController();
  await expect(
    files.download('/d', join(folder, 'to'), { recursive: true, signal }),
  ).rejects.toThrow('/d/up is a link to a directory that it lies in');
});

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
