import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import type { JournalLine } from '../../../../src/machines/store/machine-record.ts';
import type { MachineFolder, MachineStore } from '../../../../src/machines/store/machine-store.ts';
import { openMachineStore, storePath } from '../../../../src/machines/store/open-store.ts';
import { makeFolder } from '../../../../src/machines/store/store-files.ts';
import { machineRecord } from '../../../support/machine-record.ts';

const base = mkdtempSync(join(tmpdir(), 'tcompose-store-'));
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});
const signal = new AbortController().signal;
let count = 0;

function someStore(warnings: string[] = []): MachineStore {
  count += 1;
  return openMachineStore({
    path: join(base, String(count)),
    command: 'tcompose machine test',
    onWarning: (text) => warnings.push(text),
  });
}

const record = machineRecord();
const line: JournalLine = { at: '2026-11-26T10:00:00.000Z', event: 'step', step: 'create' };

function make<T>(
  store: MachineStore,
  name: string,
  work: (folder: MachineFolder) => Promise<T>,
): Promise<T> {
  return store.withMachine(name, { create: true, timeout: 5000, signal }, work);
}

const mode = (path: string): string => (statSync(path).mode & 0o777).toString(8);

it('a store where no folder can be made is told, not tried for ever', async () => {
  await expect(makeFolder('/proc/tcompose/machines')).rejects.toMatchObject({
    kind: 'store',
    message: expect.stringMatching(/^cannot make \/proc\/tcompose\/machines: /) as string,
  });
});

it('a folder of the store is made with those above it, for its owner alone', async () => {
  const above = mkdtempSync(join(tmpdir(), 'tcompose-store-'));
  onTestFinished(() => rmSync(above, { recursive: true }));
  const path = join(above, 'a', 'b');
  await Promise.all([makeFolder(path), makeFolder(path), makeFolder(join(above, 'a'))]);
  await makeFolder(path);
  for (const made of [join(above, 'a'), path]) expect(statSync(made).mode & 0o777).toBe(0o700);
});

describe('the store of machines', () => {
  it('is named by TCOMPOSE_HOME, or lies in the home directory', () => {
    expect(storePath({}, '/home/ada')).toBe('/home/ada/.tcompose');
    expect(storePath({ TCOMPOSE_HOME: '' }, '/home/ada')).toBe('/home/ada/.tcompose');
    expect(storePath({ TCOMPOSE_HOME: '/srv/machines' }, '/home/ada')).toBe('/srv/machines');
  });

  it('is empty before it exists, and looking at it makes nothing', async () => {
    const store = someStore();
    expect(await store.list()).toEqual([]);
    await expect(store.get('web')).rejects.toMatchObject({
      kind: 'not-found',
      hint: undefined,
    });
    expect(existsSync(store.path)).toBe(false);
  });

  it('keeps records, journals and files, readable by their owner only', async () => {
    const store = someStore();
    await make(store, 'web', async (folder) => {
      expect(await folder.read()).toBeUndefined();
      await folder.append(line);
      await folder.append({ ...line, step: 'provision' });
      await folder.write(record);
      await folder.writeFile('id_ed25519', 'key');
    });
    expect(await store.get('web')).toMatchObject({ name: 'web', record });
    await make(store, 'web', async (folder) => {
      expect(await folder.journal()).toEqual([line, { ...line, step: 'provision' }]);
      expect(await folder.readFile('id_ed25519')).toBe('key');
      expect(await folder.readFile('other')).toBeUndefined();
    });
    const folder = join(store.path, 'machines/web');
    expect(['', 'machines', 'machines/web'].map((path) => mode(join(store.path, path)))).toEqual([
      '700',
      '700',
      '700',
    ]);
    expect(readdirSync(folder).map((file) => `${file} ${mode(join(folder, file))}`)).toEqual([
      'id_ed25519 600',
      'journal.jsonl 600',
      'machine.json 600',
    ]);
  });

  it('mends what others could read, and says so', async () => {
    const warnings: string[] = [];
    const store = someStore(warnings);
    await make(store, 'web', (folder) => folder.write(record));
    const file = join(store.path, 'machines/web/machine.json');
    chmodSync(file, 0o644);
    chmodSync(store.path, 0o755);
    const again = openMachineStore({
      path: store.path,
      command: 'test',
      onWarning: (text) => warnings.push(text),
    });
    await make(again, 'web', (folder) => folder.read());
    expect(mode(file)).toBe('600');
    expect(mode(store.path)).toBe('700');
    expect(warnings).toEqual([
      `${store.path} could be read by others (mode 0755); it is 0700 now`,
      `${file} could be read by others (mode 0644); it is 0600 now`,
    ]);
  });

  it('leaves folders of others as they are: what is secret lies in one of its own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'tcompose-shared-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    writeFileSync(join(folder, 'notes.txt'), '');
    chmodSync(folder, 0o755);
    const outside = join(folder, 'known_hosts');
    writeFileSync(outside, '', { mode: 0o644 });
    for (const round of [1, 2]) {
      const store = openMachineStore({ path: folder, command: 'test' });
      await make(store, 'web', (machine) => machine.write(record));
      expect(mode(folder), `round ${round}`).toBe('755');
      expect(mode(join(folder, 'machines'))).toBe('700');
      if (round === 1) symlinkSync(outside, join(folder, 'machines/web/known_hosts'));
    }
    expect(mode(outside)).toBe('644');
  });

  it('takes no folder for a machine whose record is that of another one', async () => {
    const store = someStore();
    await make(store, 'web', (folder) => folder.write(record));
    const path = join(store.path, 'machines/web-backup');
    cpSync(join(store.path, 'machines/web'), path, { recursive: true });
    const fault = `${path}/machine.json: it is the record of machine web: was the folder copied or renamed?`;
    expect((await store.list())[1]).toEqual({ name: 'web-backup', path, fault });
    await expect(make(store, 'web-backup', (folder) => folder.read())).rejects.toThrow(fault);
  });

  it('removes what a crash has left of a machine that was being removed', async () => {
    const store = someStore();
    await make(store, 'web', (folder) => folder.write(record));
    const left = join(store.path, 'machines/.removed-0123');
    mkdirSync(left);
    writeFileSync(join(left, 'id_ed25519'), 'key');
    await store.checkWritable();
    expect(readdirSync(join(store.path, 'machines'))).toEqual(['web']);
  });

  it('continues a journal behind its last whole line', async () => {
    const store = someStore();
    await make(store, 'web', (folder) => folder.append(line));
    const file = join(store.path, 'machines/web/journal.jsonl');
    appendFileSync(file, '{"at":"2026-11-26T10:00:01.000Z","event":"int');
    await make(store, 'web', async (folder) => {
      expect(await folder.journal()).toEqual([line]);
      await folder.append({ ...line, step: 'b' });
    });
    expect(readFileSync(file, 'utf8')).toBe(
      `${JSON.stringify(line)}\n${JSON.stringify({ ...line, step: 'b' })}\n`,
    );
  });

  it('keeps the order of lines that are appended at once', async () => {
    const store = someStore();
    const steps = Array.from({ length: 20 }, (_, index) => ({ ...line, step: String(index) }));
    await make(store, 'web', async (folder) => {
      await Promise.all(steps.map((step) => folder.append(step)));
      expect(await folder.journal()).toEqual(steps);
    });
  });

  it('has an id of its own that stays', async () => {
    const store = someStore();
    const ids = await Promise.all([store.id(), store.id(), store.id()]);
    expect(new Set(ids).size).toBe(1);
    expect(await openMachineStore({ path: store.path, command: 'test' }).id()).toBe(ids[0]);
    expect(await someStore().id()).not.toBe(ids[0]);
  });

  it('of a newer version is refused', async () => {
    const store = someStore();
    mkdirSync(store.path, { mode: 0o700 });
    writeFileSync(join(store.path, 'version'), '2\n');
    for (const use of [
      () => store.list(),
      () => store.id(),
      () => store.checkWritable(),
      () => store.get('web'),
    ]) {
      await expect(use()).rejects.toThrow(
        `${store.path}: the store is of a newer tcompose (version 2; this one knows 1)`,
      );
    }
  });

  it('lists machines with broken records beside others, with the place of the fault', async () => {
    const store = someStore();
    await make(store, 'web', (folder) => folder.write(record));
    await make(store, 'bad', (folder) => folder.write({ ...record, name: 'bad' }));
    const file = join(store.path, 'machines/bad/machine.json');
    writeFileSync(file, '{\n  "version": 1,\n  oops\n}\n');
    expect(await store.list()).toEqual([
      {
        name: 'bad',
        path: join(store.path, 'machines/bad'),
        fault: `${file}:3:3: a key in double quotes is missing`,
      },
      { name: 'web', path: join(store.path, 'machines/web'), record },
    ]);
  });

  it('forgets folders in which nothing was recorded', async () => {
    const store = someStore();
    await make(store, 'web', (folder) => folder.writeFile('id_ed25519', 'key'));
    expect(await store.list()).toEqual([]);
    expect(readdirSync(join(store.path, 'machines'))).toEqual([]);
  });

  it('removes what a crash left half written', async () => {
    const store = someStore();
    await make(store, 'web', (folder) => folder.write(record));
    writeFileSync(join(store.path, 'machines/web/.unfinished-1'), '{');
    await make(store, 'web', () => Promise.resolve());
    expect(readdirSync(join(store.path, 'machines/web'))).toEqual(['machine.json']);
  });

  it('removes a machine, or sets it aside', async () => {
    const store = someStore();
    await make(store, 'web', async (folder) => {
      await folder.write(record);
      await store.remove(folder);
    });
    expect(await store.list()).toEqual([]);
    const aside = await make(store, 'bad', async (folder) => {
      await folder.append(line);
      return store.setAside(folder);
    });
    expect(await store.list()).toEqual([]);
    expect(readFileSync(join(aside, 'journal.jsonl'), 'utf8')).toContain('create');
  });

  it.each(['', '.', '..', '-web', 'a b', 'a_b', 'web/1', 'ü', 'x'.repeat(64)])(
    'refuses the name %j',
    async (name) => {
      await expect(make(someStore(), name, () => Promise.resolve())).rejects.toMatchObject({
        kind: 'invalid',
      });
    },
  );

  it.each([
    ['wbe', 'did you mean "web"?'],
    ['entirely-else', undefined],
  ])('knows what may be meant with %j', async (name, hint) => {
    const store = someStore();
    await make(store, 'web', (folder) => folder.write(record));
    await expect(store.get(name)).rejects.toMatchObject({ hint });
    const options = { create: false, timeout: 0, signal };
    await expect(store.withMachine(name, options, () => Promise.resolve())).rejects.toMatchObject({
      kind: 'not-found',
      message: `Docker machine "${name}" does not exist. Use "tcompose machine ls" to list machines. Use "tcompose machine create" to add a new one.`,
    });
  });

  it('refuses a name that differs from another in case only', async () => {
    const store = someStore();
    await make(store, 'web', (folder) => folder.write(record));
    await expect(make(store, 'WEB', () => Promise.resolve())).rejects.toThrow(
      'Docker machine "web" already exists',
    );
  });

  it('lets one at a time work on a machine, and names who does', async () => {
    const store = someStore();
    const inside = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    const first = make(store, 'web', async () => {
      inside.resolve();
      await done.promise;
    });
    await inside.promise;
    const options = { create: true, timeout: 0, signal };
    await expect(store.withMachine('web', options, () => Promise.resolve())).rejects.toMatchObject({
      kind: 'locked',
      message: expect.stringMatching(
        /^machine web is being worked on by "tcompose machine test" \(process \d+ of .+, for \ds\)$/,
      ) as string,
    });
    await store.withMachine('db', options, () => Promise.resolve());
    done.resolve();
    await first;
  });

  it('is free again when the process that worked on a machine was killed', async () => {
    const store = someStore();
    const source = join(import.meta.dirname, '../../../../src/machines/store/open-store.ts');
    const script = `
      import { openMachineStore } from ${JSON.stringify(source)};
      const store = openMachineStore({ path: ${JSON.stringify(store.path)}, command: 'x' });
      const options = { create: true, timeout: 0, signal: new AbortController().signal };
      await store.withMachine('web', options, () => new Promise((resolve) => {
        console.log('held');
        setInterval(() => {}, 1000);
      }));
    `;
    const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
    await once(child.stdout, 'data');
    const waiting = openMachineStore({
      path: store.path,
      command: 'y',
      onWait: () => child.kill('SIGKILL'),
    });
    await make(waiting, 'web', () => Promise.resolve());
    expect(child.killed).toBe(true);
  });

  it('keeps leftovers, also when many add to them at once', async () => {
    const store = someStore();
    const leftover = (machine: string) => ({
      machine,
      provider: 'p',
      settings: {},
      taggedBy: 's',
      resources: [],
      at: line.at,
    });
    const names = ['a', 'b', 'c', 'd', 'e'];
    await Promise.all(
      names.map((name) => store.changeLeftovers((all) => [...all, leftover(name)], signal)),
    );
    const kept = await store.leftovers();
    expect(kept.map(({ machine }) => machine).toSorted((a, b) => (a < b ? -1 : 1))).toEqual(names);
  });

  it('that cannot be written to says so before anything is done', async () => {
    const store = someStore();
    // Root writes everywhere; a file in the place of the folder stops root, too.
    writeFileSync(store.path, '');
    await expect(store.checkWritable()).rejects.toMatchObject({
      kind: 'store',
      message: expect.stringContaining('a part of the path is no folder') as string,
      hint: 'set TCOMPOSE_HOME to a folder',
    });
  });
});
