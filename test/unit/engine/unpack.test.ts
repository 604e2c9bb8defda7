import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pack, type Header } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unpack } from '../../../src/engine/copy/unpack.ts';
import { entryPath, linkStaysInside, parentsOf } from '../../../src/engine/copy/unpack-rules.ts';

let home: string;
let into: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tcompose-unpack-'));
  into = join(home, 'into');
  mkdirSync(into);
});

afterEach(() => {
  rmSync(home, { recursive: true });
});

type Part = Partial<Header> & { readonly name: string; readonly content?: string };

function archive(...parts: readonly Part[]): Readable {
  const tar = pack();
  for (const { content, ...header } of parts) tar.entry(header, content ?? '');
  tar.finalize();
  return Readable.from(tar as AsyncIterable<Uint8Array>, { objectMode: false });
}

const put = (...parts: readonly Part[]) => unpack(archive(...parts), { directory: into }, 'engine');
const read = (...path: readonly string[]) => readFileSync(join(into, ...path), 'utf8');

describe('unpacking', () => {
  it('writes files, folders and links with permissions and times', async () => {
    const mtime = new Date('2001-02-03T04:05:06Z');
    await put(
      { name: 'd/', type: 'directory', mode: 0o711, mtime },
      { name: 'd/f', mode: 0o4750, mtime, content: 'text' },
      { name: 'd/soft', type: 'symlink', linkname: 'f' },
      { name: 'd/hard', type: 'link', linkname: 'd/f' },
    );
    expect(read('d/f')).toBe('text');
    expect(statSync(join(into, 'd/f')).mode & 0o7777).toBe(0o4750);
    expect(statSync(join(into, 'd/f')).mtime).toEqual(mtime);
    expect(statSync(join(into, 'd')).mode & 0o7777).toBe(0o711);
    expect(statSync(join(into, 'd')).mtime).toEqual(mtime);
    expect(readlinkSync(join(into, 'd/soft'))).toBe('f');
    expect(statSync(join(into, 'd/hard')).ino).toBe(statSync(join(into, 'd/f')).ino);
  });

  it('makes folders that the archive does not mention', async () => {
    await put({ name: 'a/b/c', content: 'x' });
    expect(read('a/b/c')).toBe('x');
  });

  it('fills a folder whose permissions forbid writing', async () => {
    await put({ name: 'd', type: 'directory', mode: 0o555 }, { name: 'd/f', content: 'x' });
    expect(read('d/f')).toBe('x');
    expect(statSync(join(into, 'd')).mode & 0o777).toBe(0o555);
  });

  it('replaces files and leaves the destination itself as it is', async () => {
    writeFileSync(join(into, 'f'), 'old and longer');
    await put({ name: './', type: 'directory', mode: 0o700 }, { name: './f', content: 'new' });
    expect(read('f')).toBe('new');
    expect(statSync(into).mode & 0o777).not.toBe(0o700);
  });

  it('replaces a link instead of following it', async () => {
    writeFileSync(join(home, 'victim'), 'safe');
    symlinkSync('../victim', join(into, 'f'));
    await put({ name: 'f', content: 'new' });
    expect(readFileSync(join(home, 'victim'), 'utf8')).toBe('safe');
    expect(lstatSync(join(into, 'f')).isFile()).toBe(true);
  });

  it('keeps what was there when the archive ends too early', async () => {
    writeFileSync(join(into, 'f'), 'old');
    const whole = await archive({ name: 'f', content: 'n'.repeat(100_000) }).toArray();
    const half = Buffer.concat(whole as Buffer[]).subarray(0, 50_000);
    await expect(
      unpack(Readable.from([half], { objectMode: false }), { directory: into }, 'engine'),
    ).rejects.toThrow("the engine's archive is broken");
    expect(read('f')).toBe('old');
    expect(readdirSync(into)).toEqual(['f']);
  });

  it('tells that the engine went away', async () => {
    const lost = Object.assign(new Error('aborted'), { code: 'ECONNRESET' });
    const broken = new Readable({
      read() {
        this.destroy(lost);
      },
    });
    await expect(unpack(broken, { directory: into }, 'unix:///x')).rejects.toThrow(
      'lost the connection to the Docker daemon at unix:///x',
    );
  });

  it('does not replace a folder by a file nor a file by a folder', async () => {
    mkdirSync(join(into, 'd'));
    writeFileSync(join(into, 'f'), '');
    await expect(put({ name: 'd', content: '' })).rejects.toThrow(
      `cannot overwrite directory "${into}/d" with non-directory "${into}"`,
    );
    await expect(put({ name: 'f', type: 'directory' })).rejects.toThrow(
      `cannot overwrite non-directory "${into}/f" with directory "${into}"`,
    );
  });
});

describe('an archive that wants to write elsewhere', () => {
  const outside = () => readdirSync(home).toSorted();

  it.each([
    ['a name that climbs', [{ name: '../evil', content: 'x' }]],
    ['a name that climbs later', [{ name: 'a/../../evil', content: 'x' }]],
    ['a link that climbs', [{ name: 'l', type: 'symlink', linkname: '../evil' }]],
    ['a hard link that climbs', [{ name: 'l', type: 'link', linkname: '../victim' }]],
    [
      'a link out and a file through it',
      [
        { name: 'l', type: 'symlink', linkname: '/tmp' },
        { name: 'l/evil', content: 'x' },
      ],
    ],
    [
      'a link out and a hard link through it',
      [
        { name: 'l', type: 'symlink', linkname: '/etc' },
        { name: 'h', type: 'link', linkname: 'l/passwd' },
      ],
    ],
    [
      'a link out and a folder in its place',
      [
        { name: 'l', type: 'symlink', linkname: '/tmp' },
        { name: 'l', type: 'directory' },
      ],
    ],
  ] as const)('%s is refused', async (_title, parts) => {
    writeFileSync(join(home, 'victim'), 'safe');
    await expect(put(...parts)).rejects.toThrow(/outside|invalid symlink|symbolic link|overwrite/);
    expect(outside()).toEqual(['into', 'victim']);
    expect(existsSync('/tmp/evil')).toBe(false);
  });

  it('does not write through a link that was there before', async () => {
    mkdirSync(join(home, 'elsewhere'));
    symlinkSync('../elsewhere', join(into, 'l'));
    await expect(put({ name: 'l/f', content: 'x' })).rejects.toThrow('is a symbolic link');
    expect(readdirSync(join(home, 'elsewhere'))).toEqual([]);
  });

  it('writes an absolute name below the destination', async () => {
    await put({ name: '/etc/evil', content: 'x' });
    expect(read('etc/evil')).toBe('x');
  });

  it('does not write beside what it renames', async () => {
    const place = { directory: into, renaming: { from: 'app', to: 'copy' } };
    await expect(unpack(archive({ name: 'other', content: 'x' }), place, 'engine')).rejects.toThrow(
      `"other" is outside of "${into}"`,
    );
    expect(readdirSync(into)).toEqual([]);
  });
});

describe('the rules of unpacking', () => {
  it.each([
    ['a', 'a'],
    ['./a/', 'a'],
    ['/a', 'a'],
    ['/../a', undefined],
    ['a/../b', 'b'],
    ['..', undefined],
    ['..a', '..a'],
    ['./', '.'],
    ['caf\uFFFD', undefined],
  ])('%j goes to %j', (name, expected) => {
    const found = entryPath(name, { directory: '/d' });
    expect(found.ok ? found.value : undefined).toBe(expected);
  });

  it.each([
    ['l', 'x', true],
    ['l', '../x', false],
    ['d/l', '../x', true],
    ['d/l', '../../x', false],
    ['l', '/etc/passwd', true],
    ['l', '/../x', false],
  ])('a link %s -> %s stays inside: %s', (path, target, expected) => {
    expect(linkStaysInside(path, target)).toBe(expected);
  });

  it('knows the folders above an entry', () => {
    expect(parentsOf('a/b/c')).toEqual(['a', 'a/b']);
    expect(parentsOf('a')).toEqual([]);
  });
});
