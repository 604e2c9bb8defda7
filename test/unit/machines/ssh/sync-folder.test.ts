import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import {
  syncFolder,
  type Synced,
  type SyncOptions,
} from '../../../../src/machines/ssh/sync-folder.ts';
import { localHost, type LocalHostOptions } from '../../../support/local-host.ts';

const base = mkdtempSync(join(tmpdir(), 'tcompose-sync-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));

let count = 0;
let here: string;
let there: string;
/** A directory that is nobody's business; links lead to it. */
let outside: string;

beforeEach(() => {
  count += 1;
  const own = join(base, String(count));
  here = join(own, 'here');
  there = join(own, 'host/binds/copy');
  outside = join(own, 'outside');
  mkdirSync(here, { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(outside, 'f'), 'precious');
});

async function sync(
  host: LocalHostOptions = {},
  more: Partial<SyncOptions> = {},
  from = here,
): Promise<Synced> {
  const { signal } = new AbortController();
  return await syncFolder(localHost(host), from, there, { signal, ...more });
}

function write(name: string, text: string, folder = here): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

/** Everything below a folder: contents, links, modes. */
function tree(folder: string, prefix = ''): readonly string[] {
  return readdirSync(folder)
    .toSorted()
    .flatMap((name) => {
      const path = join(folder, name);
      const found = lstatSync(path);
      const at = prefix + name;
      if (found.isSymbolicLink()) return [`${at} -> ${readlinkSync(path)}`];
      const mode = (found.mode & 0o7777).toString(8);
      return found.isDirectory()
        ? [`${at}/ ${mode}`, ...tree(path, `${at}/`)]
        : [`${at} ${mode} ${readFileSync(path, 'utf8')}`];
    });
}

/** Whether a path leads to a directory, by no link. */
function isFolder(path: string): boolean {
  try {
    return realpathSync(path) === path && statSync(path).isDirectory();
  } catch {
    return false;
  }
}

const untouched = (): void =>
  expect(tree(outside)).toEqual([expect.stringMatching(/^f \d+ precious$/)]);

describe('a first sync', () => {
  it('copies files, links and directories with any name, modes and times', async () => {
    write('a b/new\nline', 'text');
    write('-rf', 'dash');
    write("it's", 'quote');
    write(`${'long'.repeat(50)}/ü`, 'umlaut');
    write('run', '#!');
    chmodSync(join(here, 'run'), 0o755);
    utimesSync(join(here, 'run'), 981_173_106, 981_173_106);
    mkdirSync(join(here, 'empty'), { mode: 0o700 });
    symlinkSync('run', join(here, 'link'));
    symlinkSync('/nowhere', join(here, 'dangling'));
    chmodSync(here, 0o711);
    expect(await sync()).toEqual({ sent: 7, removed: 0, skipped: [] });
    expect(tree(there)).toEqual(tree(here));
    expect(statSync(there).mode & 0o777).toBe(0o711);
    expect(statSync(join(there, 'run')).mtimeMs).toBe(981_173_106_000);
  });

  it('follows a link that is the source itself', async () => {
    write('f', 'text');
    const link = join(dirname(here), 'link');
    symlinkSync(here, link);
    await sync({}, {}, link);
    expect(tree(there)).toEqual(tree(here));
  });

  it('names what cannot be copied', async () => {
    writeFileSync(Buffer.concat([Buffer.from(`${here}/`), Buffer.from([0xff])]), 'x');
    const { skipped } = await sync();
    expect(skipped).toEqual([join(here, '\uFFFD')]);
  });

  it('keeps everything private that lies around the copy', async () => {
    write('f', 'text');
    await sync();
    expect(statSync(dirname(there)).mode & 0o777).toBe(0o700);
    expect(statSync(`${there}.json`).mode & 0o777).toBe(0o600);
  });
});

describe('the next sync', () => {
  beforeEach(async () => {
    write('deep/kept', 'kept');
    write('deep/changed', 'before');
    write('gone/f', 'gone');
    await sync();
  });

  it('sends nothing and asks once when nothing changed', async () => {
    const host = localHost();
    const { signal } = new AbortController();
    const done = await syncFolder(host, here, there, { signal });
    expect([done, host.count()]).toEqual([{ sent: 0, removed: 0, skipped: [] }, 1]);
  });

  it('sends only what differs and removes only what was sent', async () => {
    write('deep/changed', 'after');
    rmSync(join(here, 'gone'), { recursive: true });
    write('deep/own', 'of a container', there);
    write('gone/own', 'of a container', there);
    const kept = statSync(join(there, 'deep/kept')).ino;
    expect(await sync()).toEqual({ sent: 1, removed: 2, skipped: [] });
    expect(readFileSync(join(there, 'deep/changed'), 'utf8')).toBe('after');
    expect(statSync(join(there, 'deep/kept')).ino).toBe(kept);
    expect(readdirSync(join(there, 'gone'))).toEqual(['own']);
    expect(existsSync(join(there, 'deep/own'))).toBe(true);
    expect(readdirSync(dirname(there)).toSorted()).toEqual(['copy', 'copy.json']);
  });

  it('clears away what a sync that failed has left beside the copy', async () => {
    write('a', '1');
    await sync();
    write('half', 'of a large file', `${there}.new`);
    await sync();
    expect(existsSync(`${there}.new`)).toBe(false);
    expect(tree(there)).toEqual(tree(here));
  });

  it('takes over modes of files and directories', async () => {
    chmodSync(join(here, 'deep'), 0o750);
    chmodSync(join(here, 'deep/kept'), 0o400);
    await sync();
    expect(tree(there)).toEqual(tree(here));
  });

  it('sends everything again when somebody removed the copy', async () => {
    rmSync(there, { recursive: true });
    expect((await sync()).sent).toBe(3);
    expect(tree(there)).toEqual(tree(here));
  });

  it('understands the note of earlier versions', async () => {
    const note = { 'deep/kept': 'f420:4:1', 'gone/f': 'f420:4:1', gone: 'd493', old: 'f420:1:1' };
    writeFileSync(`${there}.json`, JSON.stringify(note));
    write('old', 'sent before', there);
    expect((await sync()).removed).toBe(1);
    expect(tree(there)).toEqual(tree(here));
  });

  it('says which file of a container is in the way of what', async () => {
    rmSync(join(here, 'gone'), { recursive: true });
    write('gone', 'a file now');
    write('gone/own', 'of a container', there);
    await expect(sync()).rejects.toThrow(/cannot copy to .* on here: mv: .*gone/);
    expect(readFileSync(join(there, 'gone/own'), 'utf8')).toBe('of a container');
  });
});

it('what changes while it is sent arrives as it is in the end', async () => {
  write('log', 'one\n');
  write('temporary', '');
  let rounds = 0;
  const onSending = (): void => {
    rounds += 1;
    if (rounds > 1) return;
    appendFileSync(join(here, 'log'), 'two\n');
    write('new', 'new');
    rmSync(join(here, 'temporary'));
  };
  await sync({}, { onSending });
  expect(tree(there)).toEqual(tree(here));
  expect((await sync()).sent).toBe(0);
});

describe('a single file', () => {
  it('stays the same file when it changes, so that containers that have it mounted see it', async () => {
    const file = join(here, 'app.conf');
    writeFileSync(file, 'a long first version');
    await sync({}, {}, file);
    const copy = join(there, 'app.conf');
    const { ino } = statSync(copy);
    writeFileSync(file, 'second');
    chmodSync(file, 0o640);
    expect((await sync({}, {}, file)).sent).toBe(1);
    expect(readFileSync(copy, 'utf8')).toBe('second');
    expect([statSync(copy).ino, statSync(copy).mode & 0o777]).toEqual([ino, 0o640]);
    expect((await sync({}, {}, file)).sent).toBe(0);
  });
});

describe('links are never followed', () => {
  it('when a container puts one in place of a directory', async () => {
    write('d/f', 'first');
    write('d/g', 'g');
    await sync();
    rmSync(join(there, 'd'), { recursive: true });
    symlinkSync(outside, join(there, 'd'));
    write('d/f', 'second');
    rmSync(join(here, 'd/g'));
    await sync();
    untouched();
    expect(readFileSync(join(there, 'd/f'), 'utf8')).toBe('second');
    expect(lstatSync(join(there, 'd')).isDirectory()).toBe(true);
  });

  it('when what is removed is behind one', async () => {
    write('d/f', 'first');
    await sync();
    rmSync(join(there, 'd'), { recursive: true });
    symlinkSync(outside, join(there, 'd'));
    rmSync(join(here, 'd'), { recursive: true });
    await sync();
    untouched();
  });

  it('when a directory becomes one and back, wherever the syncs are cut off', async () => {
    for (let cut = 0; cut < 9; cut += 1) {
      rmSync(dirname(there), { recursive: true, force: true });
      const asFolder = (text: string): void => {
        rmSync(join(here, 'd'), { recursive: true, force: true });
        write('d/f', text);
      };
      const asLink = (): void => {
        rmSync(join(here, 'd'), { recursive: true });
        symlinkSync(outside, join(here, 'd'));
      };
      const cutOff = async (): Promise<void> => {
        await sync({ commands: cut }).catch(() => undefined);
      };
      asFolder('1');
      await cutOff();
      asLink();
      await cutOff();
      asFolder('2');
      await cutOff();
      asLink();
      await cutOff();
      asFolder('3');
      await sync();
      untouched();
      expect(tree(there)).toEqual(tree(here));
    }
  });
});

it('goes on where it was cut off', async () => {
  // More than fits into one piece.
  for (let number = 0; number < 1200; number += 1) write(`f${number}`, String(number));
  // The note, what is to come, the first piece and its line in the note; in the second piece it ends.
  await expect(sync({ commands: 4 })).rejects.toThrow('lost the connection');
  expect((await sync()).sent).toBe(200);
  expect(tree(there)).toEqual(tree(here));
});

it('has the same in the end, whatever changed and wherever it was cut off before', async () => {
  const names = ['a', 'b', 'a/x', 'a/y', 'b/x', 'a/x/z'];
  const change = fc.record({
    name: fc.constantFrom(...names),
    kind: fc.constantFrom('file', 'link', 'folder', 'gone', 'moved'),
    cut: fc.constantFrom(0, 1, 2, 3, 4, 5, 6, 99),
  });
  let round = 0;
  const apply = ({ name, kind }: { readonly name: string; readonly kind: string }): void => {
    const path = join(here, name);
    if (kind === 'moved' && existsSync(path)) return renameSync(path, join(here, `m${round}`));
    // What is above may be gone, a file or a link by now.
    if (!isFolder(dirname(path))) return;
    rmSync(path, { recursive: true, force: true });
    if (kind === 'file') writeFileSync(path, `round ${round}`);
    if (kind === 'link') symlinkSync(outside, path);
    if (kind === 'folder') mkdirSync(path);
  };
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 3, maxLength: 8 }), async (changes) => {
      rmSync(dirname(there), { recursive: true, force: true });
      rmSync(here, { recursive: true });
      mkdirSync(here);
      for (const each of changes) {
        round += 1;
        apply(each);
        await sync({ commands: each.cut }).catch(() => undefined);
      }
      await sync();
      expect(tree(there)).toEqual(tree(here));
      untouched();
    }),
    { numRuns: 15 },
  );
}, 60_000);
