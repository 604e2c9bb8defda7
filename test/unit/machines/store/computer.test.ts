/** What a store knows of the computers that use it. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { computerFile, fileNameOf } from '../../../../src/machines/store/computer.ts';
import type { MachineStore } from '../../../../src/machines/store/machine-store.ts';
import { openMachineStore } from '../../../../src/machines/store/open-store.ts';
import type { CallerRules } from '../../../../src/providers/provider.ts';

const base = mkdtempSync(join(tmpdir(), 'tcompose-computer-'));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const signal = new AbortController().signal;
let count = 0;

const openAt = (path: string): MachineStore => {
  const onWait = (what: string): never => {
    throw new Error(`${what} was waited for`);
  };
  return openMachineStore({ path, command: 'tcompose machine test', onWait });
};
const someStore = (): MachineStore => {
  count += 1;
  return openAt(join(base, String(count)));
};
const seen = (store: MachineStore, firewall = 'f1'): Promise<CallerRules> =>
  store.caller.withRules(firewall, signal, (rules) => Promise.resolve(rules));
const remember = (store: MachineStore, firewall: string, ...ranges: readonly string[]) =>
  store.caller.withRules(firewall, signal, ({ remember: keep }) =>
    keep(ranges.map((range) => ({ port: 22, range }))),
  );
const rangesOf = async (store: MachineStore, firewall?: string): Promise<string[]> =>
  (await seen(store, firewall)).rules.map(({ range }) => range);

describe('a computer in a store', () => {
  it('has an id that stays, and another one in every store', async () => {
    const store = someStore();
    const { computer } = await seen(store);
    expect(computer).toMatch(/^[0-9a-f]{12}$/);
    expect((await seen(openAt(store.path))).computer).toBe(computer);
    expect((await seen(someStore())).computer).not.toBe(computer);
    expect(await store.list()).toEqual([]);
  });

  it('has rules for each firewall, which only its owner can read', async () => {
    const store = someStore();
    await remember(store, 'f1', '192.0.2.1/32', '2001:db8::7/128');
    await remember(store, 'f2', '192.0.2.2/32');
    const again = openAt(store.path);
    expect(await rangesOf(again)).toEqual(['192.0.2.1/32', '2001:db8::7/128']);
    await remember(again, 'f1');
    expect(await rangesOf(store)).toEqual([]);
    expect(await rangesOf(store, 'f2')).toEqual(['192.0.2.2/32']);
    const folder = join(store.path, 'computers');
    const [file = '', ...others] = readdirSync(folder);
    expect(others).toEqual([]);
    expect((statSync(join(folder, file)).mode & 0o777).toString(8)).toBe('600');
    expect(Object.keys(JSON.parse(readFileSync(join(folder, file), 'utf8')).rules)).toEqual(['f2']);
  });

  it('works on them one process at a time, and nobody is told of those that wait', async () => {
    const store = someStore();
    const names = ['1', '2', '3', '4', '5'];
    await Promise.all(
      names.map((name) =>
        openAt(store.path).caller.withRules('f1', signal, async ({ rules, remember: keep }) => {
          await new Promise(setImmediate);
          await keep([...rules, { port: 22, range: `192.0.2.${name}/32` }]);
        }),
      ),
    );
    expect(await rangesOf(store)).toHaveLength(names.length);
  });

  it('does not touch what a store knows of others', async () => {
    const store = someStore();
    const { computer } = await seen(store);
    const folder = join(store.path, 'computers');
    const other = fileNameOf({ machineId: 'other', platform: 'linux', hostName: '' });
    const text = readFileSync(join(folder, await computerFile()), 'utf8');
    writeFileSync(join(folder, other), text.replace(computer, 'bbbbbbbbbbbb'));
    rmSync(join(folder, await computerFile()));
    const { computer: anew } = await seen(store);
    expect([computer, 'bbbbbbbbbbbb']).not.toContain(anew);
    expect(readFileSync(join(folder, other), 'utf8')).toContain('bbbbbbbbbbbb');
  });

  it.each([
    ['{', 'is missing'],
    ['{"version":1,"id":"x","rules":{}}', 'not what tcompose writes'],
    [
      '{"version":1,"id":"0123456789ab","rules":{"f1":[{"port":"22"}]}}',
      'not what tcompose writes',
    ],
  ])('whose file is broken is told where: %s', async (text, words) => {
    const store = someStore();
    await seen(store);
    const path = join(store.path, 'computers', await computerFile());
    writeFileSync(path, text);
    await expect(seen(store)).rejects.toMatchObject({
      kind: 'store',
      message: expect.stringMatching(new RegExp(`^${path}:1:\\d+: .*${words}`)) as string,
      hint: expect.stringContaining('or remove it') as string,
    });
  });
});

it.each([
  ['its id, whatever it is called', { machineId: 'a1\n', hostName: 'cafe' }, true],
  ['another id', { machineId: 'b2', hostName: 'home' }, false],
  ['no id, as in a container', { machineId: '', hostName: 'home' }, false],
])('a computer is told from others by %s', (_by, traits, same) => {
  const home = fileNameOf({ machineId: 'a1', platform: 'linux', hostName: 'home' });
  expect(fileNameOf({ platform: 'linux', ...traits }) === home).toBe(same);
});

it('names tell containers apart, and nothing elsewhere, where they change with the network', () => {
  const named = (platform: string, hostName: string): string =>
    fileNameOf({ machineId: '', platform, hostName });
  expect(named('linux', 'a')).not.toBe(named('linux', 'b'));
  expect(named('darwin', 'laptop.home')).toBe(named('darwin', 'laptop.cafe'));
});
