import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packPath } from '../../../src/engine/copy/pack.ts';
import { localDestination, localSource } from '../../../src/engine/copy/local-paths.ts';
import type { Renaming } from '../../../src/engine/copy/paths.ts';
import { unpack } from '../../../src/engine/copy/unpack.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tcompose-pack-'));
  mkdirSync(join(home, 'd/sub'), { recursive: true });
  writeFileSync(join(home, 'd/f'), 'text');
  chmodSync(join(home, 'd/f'), 0o640);
  utimesSync(join(home, 'd/f'), 1_000_000, 1_000_000);
  linkSync(join(home, 'd/f'), join(home, 'd/sub/again'));
  symlinkSync('f', join(home, 'd/soft'));
  symlinkSync('d', join(home, 'link'));
});

afterEach(() => {
  rmSync(home, { recursive: true });
});

async function names(path: string, renaming?: Renaming): Promise<string[]> {
  const reader = extract();
  packPath(path, renaming).pipe(reader);
  const found: string[] = [];
  for await (const entry of reader) {
    const { name, type, linkname } = entry.header;
    found.push(`${name} ${type}${linkname ? ` ${linkname}` : ''}`);
    entry.resume();
  }
  return found;
}

describe('packing a path', () => {
  it('lists what is in it in order, links as links', async () => {
    expect(await names(join(home, 'd'))).toEqual([
      'd directory',
      'd/f file',
      'd/soft symlink f',
      'd/sub directory',
      'd/sub/again link d/f',
    ]);
  });

  it('renames entries and what hard links point to', async () => {
    expect(await names(join(home, 'd'), { from: 'd', to: 'new' })).toEqual([
      'new directory',
      'new/f file',
      'new/soft symlink f',
      'new/sub directory',
      'new/sub/again link new/f',
    ]);
  });

  it('names what is in a folder after the dot that was typed', async () => {
    expect(await names(`${home}/d/.`)).toContain('./sub/again link ./f');
  });

  it('names a link as a link, and its folder when a slash is behind it', async () => {
    expect(await names(join(home, 'link'))).toEqual(['link symlink d']);
    expect((await names(`${home}/link/`))[0]).toBe('link directory');
  });

  it('comes back as it went, odd names, long names and large files too', async () => {
    const odd = ['with blank', 'ünï', 'a:b', '$x', '-n', 'new\nline', 'l'.repeat(200)];
    for (const name of odd) writeFileSync(join(home, 'd', name), name);
    const large = Buffer.alloc(3 << 20, 'x');
    writeFileSync(join(home, 'd/large'), large);
    mkdirSync(join(home, 'back'));
    await unpack(packPath(join(home, 'd')), { directory: join(home, 'back') }, 'engine');
    expect(readdirSync(join(home, 'back/d'))).toEqual(readdirSync(join(home, 'd')));
    for (const name of odd) expect(readFileSync(join(home, 'back/d', name), 'utf8')).toBe(name);
    expect(readFileSync(join(home, 'back/d/large')).equals(large)).toBe(true);
  });

  it('fails with the path that is not there', async () => {
    await expect(packPath(join(home, 'gone')).toArray()).rejects.toThrow(
      `lstat ${home}/gone: no such file or directory`,
    );
  });
});

describe('a path of this machine', () => {
  it('as source is followed only when asked to', async () => {
    expect(await localSource(join(home, 'link'), false)).toMatchObject({
      path: join(home, 'link'),
      isDirectory: false,
    });
    expect(await localSource(join(home, 'link'), true)).toMatchObject({
      path: join(home, 'd'),
      isDirectory: true,
      name: 'link',
    });
    await expect(localSource(join(home, 'd/f/'), false)).rejects.toThrow('not a directory');
  });

  it('as destination is followed, also to nothing', async () => {
    symlinkSync('new', join(home, 'broken'));
    symlinkSync('circle', join(home, 'circle'));
    expect(await localDestination(join(home, 'link'))).toMatchObject({
      path: join(home, 'd'),
      isDirectory: true,
    });
    expect(await localDestination(join(home, 'broken'))).toEqual({
      path: join(home, 'new'),
      exists: false,
      isDirectory: false,
    });
    await expect(localDestination(join(home, 'circle'))).rejects.toThrow('too many symlinks in');
    await expect(localDestination(join(home, 'no/where'))).rejects.toThrow(
      `stat ${home}/no: no such file or directory`,
    );
  });
});
