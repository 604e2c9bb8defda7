import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeFolders } from '../../../src/foundation/make-folders.ts';

const home = mkdtempSync(join(tmpdir(), 'tcompose-folders-'));
afterAll(() => rmSync(home, { recursive: true }));

describe('folders that are missing', () => {
  it('are made from the topmost on, which is told, with the mode that is asked for', () => {
    expect(makeFolders(join(home, 'a/b/c'), 0o700)).toBe(join(home, 'a'));
    for (const name of ['a', 'a/b', 'a/b/c']) {
      expect(statSync(join(home, name)).mode & 0o777).toBe(0o700);
    }
    expect(makeFolders(join(home, 'a/b/c'))).toBeUndefined();
    expect(makeFolders(join(home, 'a/b/d/'))).toBe(join(home, 'a/b/d/'));
  });

  it('may be behind a link, but not behind one that leads nowhere, nor below a file', () => {
    makeFolders(join(home, 'real'));
    symlinkSync('real', join(home, 'link'));
    symlinkSync('nowhere', join(home, 'broken'));
    writeFileSync(join(home, 'file'), '');
    expect(makeFolders(join(home, 'link/x'))).toBe(join(home, 'link/x'));
    expect(makeFolders(join(home, 'link'))).toBeUndefined();
    expect(() => makeFolders(join(home, 'broken'))).toThrow('EEXIST');
    expect(() => makeFolders(join(home, 'file'))).toThrow('EEXIST');
    expect(() => makeFolders(join(home, 'file/x'))).toThrow('ENOTDIR');
  });

  it.runIf(process.platform === 'linux')('are refused in /proc instead of tried for ever', () => {
    expect(() => makeFolders('/proc/tcompose/x')).toThrow(
      "ENOENT: no such file or directory, mkdir '/proc/tcompose'",
    );
  });
});
