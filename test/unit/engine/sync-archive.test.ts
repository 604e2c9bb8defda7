import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { extract, type Header } from 'tar-stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findOwner } from '../../../src/engine/sync/image-user.ts';
import { commandLines } from '../../../src/engine/sync/sync.ts';
import { packCopies, type Owner } from '../../../src/engine/sync/sync-archive.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tcompose-sync-'));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

interface Packed {
  readonly header: Header;
  readonly content: Buffer;
}

async function pack(
  names: readonly string[],
  options: {
    readonly owner?: Owner;
    readonly onSkipped?: (path: string) => void;
    readonly meanwhile?: () => void;
  } = {},
): Promise<readonly Packed[]> {
  const copies = names.map((name) => ({ source: join(home, name), target: `/app/${name}` }));
  const stream = packCopies(copies, {
    owner: options.owner,
    onSkipped: options.onSkipped ?? (() => undefined),
  });
  if (options.meanwhile !== undefined) {
    await once(stream, 'readable');
    options.meanwhile();
  }
  const entries: Packed[] = [];
  const archive = extract();
  stream.pipe(archive);
  stream.on('error', (error) => archive.destroy(error));
  for await (const entry of archive) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    entries.push({ header: entry.header, content: Buffer.concat(chunks) });
  }
  return entries;
}

describe('an archive of copies', () => {
  it('has files, links and directories, with their permissions', async () => {
    writeFileSync(join(home, 'run.sh'), 'echo');
    chmodSync(join(home, 'run.sh'), 0o755);
    mkdirSync(join(home, 'empty'));
    writeFileSync(join(home, 'empty/not-asked-for'), '');
    symlinkSync('run.sh', join(home, 'link'));
    symlinkSync('nowhere', join(home, 'dangling'));
    const entries = await pack(['run.sh', 'empty', 'link', 'dangling']);
    expect(
      entries.map(({ header: { name, type, linkname, mode } }) => [name, type, linkname, mode]),
    ).toEqual([
      ['app/run.sh', 'file', null, 0o755],
      ['app/empty', 'directory', null, expect.any(Number)],
      ['app/link', 'symlink', 'run.sh', expect.any(Number)],
      ['app/dangling', 'symlink', 'nowhere', expect.any(Number)],
    ]);
    expect(entries[0]?.content.toString()).toBe('echo');
  });

  it('gives copies to the owner that is asked for, else to that of the originals', async () => {
    writeFileSync(join(home, 'a'), '');
    const [own] = await pack(['a']);
    expect(own?.header.uid).toBe(process.getuid?.());
    const [given] = await pack(['a'], { owner: { uid: 1000, gid: 1001 } });
    expect([given?.header.uid, given?.header.gid]).toEqual([1000, 1001]);
  });

  it('passes over what has gone in the meantime, or is no file', async () => {
    writeFileSync(join(home, 'a'), '');
    const skipped: string[] = [];
    const entries = await pack(['gone', 'a/below', 'a'], {
      onSkipped: (path) => skipped.push(path),
    });
    expect(entries.map(({ header }) => header.name)).toEqual(['app/a']);
    expect(skipped).toEqual([]);
  });

  const size = 5 << 20;

  it.each([
    ['shrinks', (path: string) => truncateSync(path, 10)],
    ['grows', (path: string) => appendFileSync(path, 'more')],
  ])('is whole when a large file %s while it is read', async (_, change) => {
    writeFileSync(join(home, 'large'), Buffer.alloc(size, 'x'));
    writeFileSync(join(home, 'next'), 'next');
    const entries = await pack(['large', 'next'], {
      meanwhile: () => change(join(home, 'large')),
    });
    expect(entries.map(({ content }) => content.length)).toEqual([size, 4]);
  });
});

describe('the user of a container', () => {
  const passwd = 'root:x:0:0::/root:/bin/sh\nnode:x:1000:1002::/home/node:/bin/sh\n';
  const group = 'root:x:0:\nstaff:x:50:\n';

  it.each<[string, Owner]>([
    ['node', { uid: 1000, gid: 1002 }],
    ['1000', { uid: 1000, gid: 1002 }],
    ['1234', { uid: 1234, gid: 0 }],
    ['1234:1235', { uid: 1234, gid: 1235 }],
    ['node:staff', { uid: 1000, gid: 50 }],
    ['node:7', { uid: 1000, gid: 7 }],
    [':50', { uid: 0, gid: 50 }],
    ['unknown', { uid: 0, gid: 0 }],
  ])('%s is %j', (user, owner) => {
    expect(findOwner(user, passwd, group)).toEqual(owner);
  });
});

describe('many paths', () => {
  it('are deleted by several commands', () => {
    const paths = Array.from({ length: 5000 }, (_, at) => `/app/${'x'.repeat(50)}${at}`);
    const lines = commandLines(paths);
    expect(lines.flat()).toEqual(paths);
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) expect(line.join(' ').length).toBeLessThanOrEqual(100_000);
  });
});
