import {
  appendFileSync,
  chmodSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setImmediate as immediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  watchDirectory,
  type WatchDirectory,
  type WatchFault,
} from '../../../src/watching/directory-watch.ts';
import { TreeWatch, type TreeWatchOptions } from '../../../src/watching/tree-watch.ts';

let home: string;
let open: TreeWatch[];

beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'tcompose-watching-')));
  open = [];
});

afterEach(() => {
  for (const each of open) each.close();
  rmSync(home, { recursive: true, force: true });
});

function write(path: string, text = path): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), text);
}

/** What a watch has told: path → what is there now, and how to wait for more of it. */
interface Observer {
  readonly seen: Map<string, 'file' | 'directory' | undefined>;
  readonly faults: WatchFault[];
  readonly tree: TreeWatch;
  /** Resolves when the paths have been told to be (or not to be) there. */
  readonly until: (
    wanted: Readonly<Record<string, 'file' | 'directory' | undefined>>,
  ) => Promise<void>;
}

function observe(roots: readonly string[], options: Partial<TreeWatchOptions> = {}): Observer {
  const seen: Observer['seen'] = new Map();
  const faults: WatchFault[] = [];
  let told = Promise.withResolvers<void>();
  const tree = new TreeWatch({
    roots: roots.map((root) => join(home, root)),
    prunes: () => false,
    onChange: ({ path, now }) => {
      seen.set(path.slice(home.length + 1), now);
      told.resolve();
    },
    onFault: (fault) => faults.push(fault),
    recursive: false,
    ...options,
  });
  open.push(tree);
  tree.start();
  const until: Observer['until'] = async (wanted) => {
    const missing = (): boolean =>
      Object.entries(wanted).some(([path, kind]) => !seen.has(path) || seen.get(path) !== kind);
    while (missing()) {
      await told.promise;
      // Many are told at once.
      await immediate();
      told = Promise.withResolvers();
    }
  };
  return { seen, faults, tree, until };
}

describe('a watched directory', () => {
  it('tells of files that come, change and go, and of nothing that was there before', async () => {
    write('src/old');
    write('src/deep/old');
    const { seen, until } = observe(['src']);
    write('src/new');
    write('src/deep/old', 'changed');
    await until({ 'src/new': 'file', 'src/deep/old': 'file' });
    rmSync(join(home, 'src/new'));
    await until({ 'src/new': undefined });
    expect(seen.has('src/old')).toBe(false);
  });

  it('tells of everything in new directories, however deep and fast they are made', async () => {
    mkdirSync(join(home, 'src'));
    const { until } = observe(['src']);
    const paths = Array.from({ length: 50 }, (_, at) => `src/a${at % 5}/b${at % 7}/c/d/file${at}`);
    for (const path of paths) write(path);
    await until(Object.fromEntries(paths.map((path) => [path, 'file' as const])));
    write('src/a1/b1/c/d/later');
    await until({ 'src/a1/b1/c/d/later': 'file' });
  });

  it('tells of thousands of files that change at once', async () => {
    const paths = Array.from({ length: 3000 }, (_, at) => `src/d${at % 40}/file${at}`);
    for (const path of paths) write(path, 'one');
    const { until } = observe(['src']);
    for (const path of paths) appendFileSync(join(home, path), ' and another');
    await until(Object.fromEntries(paths.map((path) => [path, 'file' as const])));
  });

  it('tells of files that are replaced by renaming, as editors do', async () => {
    write('src/a', 'one');
    const { until } = observe(['src']);
    for (const text of ['two', 'six']) {
      write('src/.a.new', text);
      renameSync(join(home, 'src/.a.new'), join(home, 'src/a'));
    }
    await until({ 'src/a': 'file' });
  });

  it('tells of links and permissions, without following links', async () => {
    write('src/a');
    write('other/b');
    const { seen, until } = observe(['src']);
    symlinkSync('../other', join(home, 'src/link'));
    chmodSync(join(home, 'src/a'), 0o700);
    await until({ 'src/link': 'file', 'src/a': 'file' });
    write('other/c');
    write('src/last');
    await until({ 'src/last': 'file' });
    expect([...seen.keys()].filter((path) => path.endsWith('/c'))).toEqual([]);
  });

  it('tells of directories that move in, about and out', async () => {
    write('outside/x/file');
    mkdirSync(join(home, 'src'));
    const { until } = observe(['src']);
    renameSync(join(home, 'outside/x'), join(home, 'src/x'));
    await until({ 'src/x': 'directory', 'src/x/file': 'file' });
    renameSync(join(home, 'src/x'), join(home, 'src/y'));
    await until({ 'src/x': undefined, 'src/x/file': undefined, 'src/y/file': 'file' });
    write('src/y/more');
    await until({ 'src/y/more': 'file' });
    renameSync(join(home, 'src/y'), join(home, 'outside/y'));
    await until({ 'src/y': undefined, 'src/y/file': undefined, 'src/y/more': undefined });
  });

  it('is followed when it goes and comes back', async () => {
    write('src/deep/a');
    const { until } = observe(['src']);
    rmSync(join(home, 'src'), { recursive: true });
    await until({ 'src/deep/a': undefined });
    write('src/deep/a');
    await until({ 'src/deep/a': 'file' });
    write('src/deep/b');
    await until({ 'src/deep/b': 'file' });
  });

  it('is followed when another one takes its place', async () => {
    write('src/a');
    write('src/both');
    write('next/b');
    write('next/both');
    const { until } = observe(['src']);
    renameSync(join(home, 'src'), join(home, 'before'));
    renameSync(join(home, 'next'), join(home, 'src'));
    await until({ 'src/a': undefined, 'src/b': 'file', 'src/both': 'file' });
    write('src/c');
    await until({ 'src/c': 'file' });
  });

  it('need not exist, nor need what is above it', async () => {
    const { until } = observe(['not/yet/there', 'nor/this.txt']);
    write('not/yet/there/a');
    write('nor/this.txt');
    await until({ 'not/yet/there/a': 'file', 'nor/this.txt': 'file' });
    rmSync(join(home, 'not'), { recursive: true });
    await until({ 'not/yet/there/a': undefined });
    write('not/yet/there/b');
    await until({ 'not/yet/there/b': 'file' });
  });

  it('is not read where nothing matters', async () => {
    write('src/node_modules/x');
    const watched: string[] = [];
    const { seen, until } = observe(['src'], {
      prunes: (directory) => directory.endsWith('node_modules'),
      watchDirectory: (path, ...rest) => {
        watched.push(path);
        return watchDirectory(path, ...rest);
      },
    });
    write('src/node_modules/x', 'changed');
    write('src/a/node_modules/y');
    write('src/last');
    await until({ 'src/last': 'file', 'src/a': 'directory' });
    expect(seen.has('src/node_modules/x')).toBe(false);
    expect(watched.filter((path) => path.includes('node_modules'))).toEqual([]);
  });
});

describe('a watched file', () => {
  it('tells of itself and not of its neighbours', async () => {
    write('Dockerfile');
    write('other');
    const { seen, until } = observe(['Dockerfile']);
    write('other', 'changed');
    write('Dockerfile', 'changed');
    await until({ Dockerfile: 'file' });
    rmSync(join(home, 'Dockerfile'));
    await until({ Dockerfile: undefined });
    write('Dockerfile', 'back');
    await until({ Dockerfile: 'file' });
    expect([...seen.keys()]).toEqual(['Dockerfile']);
  });

  it('is known with the time of its last change', () => {
    write('Dockerfile');
    write('src/a/b');
    const { tree } = observe(['Dockerfile', 'src', 'src/a']);
    const files = [...tree.files()];
    expect(files.map(({ path }) => path).toSorted()).toEqual([
      join(home, 'Dockerfile'),
      join(home, 'src/a/b'),
    ]);
    expect(files.every(({ modified }) => modified > 0)).toBe(true);
  });
});

/** Watches that tell only what a test makes them tell. */
function silentWatches(): {
  readonly watch: WatchDirectory;
  readonly tell: (directory: string, name: string | null) => void;
} {
  const listeners = new Map<string, (name: string | null) => void>();
  return {
    watch: (path, _options, onEvent) => {
      listeners.set(path, onEvent);
      return { close: () => listeners.delete(path) };
    },
    tell: (directory, name) => listeners.get(join(home, directory))?.(name),
  };
}

describe('messages of the system', () => {
  it('may be about a path far below, where one watch covers a tree', async () => {
    write('src/a/b');
    const { watch, tell } = silentWatches();
    const { until } = observe(['src'], { watchDirectory: watch, recursive: true });
    write('src/a/b', 'changed');
    tell('src', 'a/b');
    write('src/n/e/w');
    tell('src', 'n/e/w');
    await until({ 'src/a/b': 'file', 'src/n/e/w': 'file' });
    rmSync(join(home, 'src/a/b'));
    tell('src', 'a');
    await until({ 'src/a/b': undefined });
  });

  it('may say nothing about which path', async () => {
    write('src/a');
    const { watch, tell } = silentWatches();
    const { until } = observe(['src'], { watchDirectory: watch });
    write('src/a', 'changed');
    tell('src', null);
    await until({ 'src/a': 'file' });
  });

  it('may be dropped when there are too many: then everything is looked at', async () => {
    write('src/a');
    write('src/deep/b');
    const { watch, tell } = silentWatches();
    const { until } = observe(['src'], { watchDirectory: watch });
    write('src/deep/b', 'changed');
    for (let count = 0; count < 8192; count += 1) tell('src', 'a');
    await until({ 'src/deep/b': 'file' });
  });
});

describe('what cannot be watched', () => {
  const failing =
    (code: string, suffix: string): WatchDirectory =>
    (path, ...rest) => {
      if (path.endsWith(suffix)) throw Object.assign(new Error(`${code}: watch`), { code });
      return watchDirectory(path, ...rest);
    };

  it('is told once when the limit is reached, with what to do', () => {
    for (const name of ['a', 'b', 'c'])
      mkdirSync(join(home, 'src', name, 'x'), { recursive: true });
    const { faults } = observe(['src'], { watchDirectory: failing('ENOSPC', '/x') });
    expect(faults).toHaveLength(1);
    expect(faults[0]?.kind).toBe('limit');
    expect(faults[0]?.hint).toContain('sudo sysctl fs.inotify.max_user_watches=');
  });

  it('is told when there are too many watchers', () => {
    write('src/a');
    const { faults } = observe(['src'], { watchDirectory: failing('EMFILE', '/src') });
    expect(faults[0]?.hint).toContain('sudo sysctl fs.inotify.max_user_instances=');
  });

  it('is left out when it must not be read; the rest is watched', async () => {
    write('src/secret/a');
    const { faults, until } = observe(['src'], { watchDirectory: failing('EACCES', '/secret') });
    expect(faults.map(({ kind, message }) => [kind, message])).toEqual([
      [
        'permission',
        `cannot watch ${join(home, 'src/secret')}: permission denied; changes below it are not seen`,
      ],
    ]);
    write('src/b');
    await until({ 'src/b': 'file' });
  });

  it('is no fault when it is gone by then', () => {
    write('src/gone/a');
    const { faults } = observe(['src'], { watchDirectory: failing('ENOENT', '/gone') });
    expect(faults).toEqual([]);
  });
});
