import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Provider } from '../../../src/providers/provider.ts';
import { flagValues, withSecrets } from '../../../src/providers/flag-values.ts';
import { findProvider, providerNames } from '../../../src/providers/registry.ts';
import { checkout } from '../../support/debian.ts';
import {
  creation,
  providerContext,
  settingsFrom,
  STORE_TAGS,
} from '../../support/provider-bench.ts';

const examples = join(checkout, 'examples/provider');

describe('a provider that is a program', () => {
  let folder: string;
  let env: Record<string, string>;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tcompose-provider-'));
    // Node itself is needed by the example.
    const path = [examples, folder, dirname(process.execPath), '/usr/bin', '/bin'].join(':');
    env = { PATH: path, FOLDER_TOKEN: 'sesame-open' };
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const find = (name: string): Promise<Provider> => findProvider(name, { env, cwd: '/' });
  /** Writes a program that answers lines with the given Node code, which sees `message` and `say`. */
  const program = (name: string, code: string): void => {
    const file = join(folder, `tcompose-provider-${name}`);
    writeFileSync(
      file,
      `#!/usr/bin/env node
const say = (message) => process.stdout.write(JSON.stringify(message) + '\\n');
const hello = { protocol: 1, title: 'x', power: 'api', flags: [{ name: '${name}-token', secret: true, env: ['X_TOKEN'] }], ssh: {} };
require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
  const message = JSON.parse(line);
  const { id, method } = message;
  if (method === 'hello' || method === 'connect') { say({ id, result: hello }); return; }
  ${code}
});
`,
    );
    chmodSync(file, 0o755);
  };
  const open = async (name: string, changes: Parameters<typeof providerContext>[1] = {}) => {
    const provider = await find(name);
    const settings = settingsFrom(provider, {}, env);
    const account = await provider.connect(settings, providerContext(env, changes));
    return { provider, settings, account };
  };

  it('is found by its name and says which flags it has', async () => {
    expect(await providerNames({ env, cwd: '/' })).toEqual([
      'amazonec2',
      'digitalocean',
      'generic',
      'none',
      'folder',
    ]);
    const provider = await find('folder');
    expect(provider).toMatchObject({ title: 'servers in a folder', power: 'api' });
    expect(provider.flags.map(({ name }) => name)).toContain('folder-size');
    await expect(find('foldr')).rejects.toMatchObject({
      message: 'there is no driver "foldr"',
      hint: 'Did you mean folder?',
    });
  });

  it('takes secrets by environment only', async () => {
    const provider = await find('folder');
    const given = { 'folder-path': folder, 'folder-token': 'hush-hush' };
    const settings = provider.settings(flagValues(provider.flags, given, {}));
    expect(settings).toEqual({ path: folder, size: 'small', 'ssh-user': 'root' });
    expect(withSecrets(provider, given, { HOME: '/root' })).toEqual({
      HOME: '/root',
      FOLDER_TOKEN: 'hush-hush',
    });
  });

  it('the example of the documentation makes, lists, stops, starts and removes a machine', async () => {
    env['FOLDER_PATH'] = folder;
    const { provider, settings, account } = await open('folder');
    expect(provider.ssh(settings)).toEqual({ user: 'root', port: 22 });
    expect(provider.accountKey?.(settings)).toBe(JSON.stringify([folder]));
    const told: string[] = [];
    const request = creation('web', settings, { progress: (text) => told.push(text) });
    await account.check(request);
    const instance = await account.create(request);
    expect(instance).toMatchObject({ name: 'web', state: 'Running', address: '192.0.2.1' });
    expect(told).toEqual(['creating a small server']);
    expect(request.lines).toEqual(['intend instance token-web', 'made instance srv-1']);
    const stored = JSON.parse(readFileSync(join(folder, 'srv-1.json'), 'utf8')) as object;
    expect(stored).toMatchObject({ publicKey: request.publicKey, userData: request.userData });
    const again = creation('web', settings);
    expect((await account.create(again)).id).toBe('srv-1');
    expect(again.lines).toEqual(['made instance srv-1']);
    await account.stop('srv-1', { force: false });
    expect((await account.describe('srv-1'))?.state).toBe('Stopped');
    await account.start('srv-1');
    await account.restart('srv-1');
    expect((await account.list(STORE_TAGS)).map(({ state }) => state)).toEqual(['Running']);
    expect(await account.list({ 'tcompose-store': 'other' })).toEqual([]);
    expect(await account.resources(STORE_TAGS)).toEqual([
      { kind: 'instance', id: 'srv-1', machine: 'web', title: 'server srv-1' },
    ]);
    expect(await account.choices('sizes')).toHaveLength(2);
    expect(await account.remove({ kind: 'instance', id: 'srv-1' })).toBe(true);
    expect(await account.describe('srv-1')).toBeUndefined();
    await expect(account.start('srv-1')).rejects.toMatchObject({ kind: 'not-found' });
    account.close();
  });

  it('refuses as providers do, with kind and hint', async () => {
    env['FOLDER_PATH'] = '/nonexistent';
    const { settings, account } = await open('folder');
    await expect(account.check(creation('web', settings))).rejects.toMatchObject({
      kind: 'invalid',
      message: 'there is no folder /nonexistent',
      hint: 'Give --folder-path.',
    });
    account.close();
    env['FOLDER_TOKEN'] = '';
    await expect(open('folder')).rejects.toMatchObject({ kind: 'no-credentials' });
  });

  it('waits until what it tells is on disk', async () => {
    const note = join(folder, 'order');
    program(
      'slow',
      `const fs = require('node:fs');
if (method === 'create') { say({ id, seq: 7, event: 'intend', kind: 'instance', token: 't' }); globalThis.creating = id; }
if (message.ack === 7) {
  fs.appendFileSync(${JSON.stringify(note)}, 'acknowledged ');
  say({ id: globalThis.creating, result: { id: '1', name: 'web', state: 'Running' } });
}`,
    );
    const { settings, account } = await open('slow');
    const request = creation('web', settings, {
      journal: {
        earlier: [],
        intend: async () => {
          await new Promise((resolve) => setImmediate(resolve));
          writeFileSync(note, 'written ');
        },
        made: () => Promise.resolve(),
      },
    });
    await account.create(request);
    expect(readFileSync(note, 'utf8')).toBe('written acknowledged ');
    account.close();
  });

  it.each([
    ['no JSON', 'console.log("hello")', 'wrote what is not in the protocol (no JSON): hello'],
    ['another id', 'say({ id: 99, result: [] })', '"id" is that of no call'],
    ['a wrong answer', 'say({ id, result: [{ id: 5 }] })', 'result[0].id is no text'],
    [
      'an unknown state',
      `say({ id, result: [{ id: '5', name: 'a', state: 'Up' }] })`,
      'state is none of',
    ],
    ['its end', 'process.exit(3)', 'has ended with code 3'],
  ])('%s is explained', async (_, code, message) => {
    program('odd', code);
    const { account } = await open('odd');
    await expect(account.list(STORE_TAGS)).rejects.toMatchObject({
      kind: 'failed',
      message: expect.stringContaining(message) as string,
    });
    account.close();
  });

  it('what it wrote to standard error is in the hint, without secrets', async () => {
    env['X_TOKEN'] = 'open-sesame';
    program(
      'loud',
      `process.stderr.write('no luck with ' + process.env.X_TOKEN, () => process.exit(1))`,
    );
    const { account } = await open('loud');
    await expect(account.list(STORE_TAGS)).rejects.toMatchObject({
      message: 'the provider loud has ended with code 1',
      hint: expect.stringMatching(/wrote: no luck with \*\*\*$/) as string,
    });
  });

  it('another version of the protocol is refused', async () => {
    program('new', '');
    const file = join(folder, 'tcompose-provider-new');
    writeFileSync(file, readFileSync(file, 'utf8').replace('protocol: 1', 'protocol: 2'));
    await expect(find('new')).rejects.toMatchObject({
      message: expect.stringContaining('speaks version 2 of the protocol, and this is 1') as string,
      hint: expect.stringContaining('docs/providers.md') as string,
    });
  });

  it('is ended with everything that it started when it is interrupted', async () => {
    const pids = join(folder, 'pids');
    program(
      'stuck',
      `process.on('SIGTERM', () => {});
const child = require('node:child_process').spawn('sleep', ['1000']);
require('node:fs').writeFileSync(${JSON.stringify(pids)}, process.pid + ' ' + child.pid);
say({ id, event: 'progress', text: 'begun' });`,
    );
    const controller = new AbortController();
    const { settings, account } = await open('stuck', { signal: controller.signal });
    const request = creation('web', settings, {
      progress: () => controller.abort(new Error('interrupted')),
    });
    await expect(account.create(request)).rejects.toThrow('interrupted');
    const running = (): boolean =>
      readFileSync(pids, 'utf8')
        .split(' ')
        .some((pid) => isRunning(pid));
    await expect.poll(running, { timeout: 20_000 }).toBe(false);
  });
});

/** False also for a process that has ended and that nobody has asked about. */
function isRunning(pid: string): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !readFileSync(file, 'utf8').includes(') Z ');
}
