import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changeEngine } from '../../../../src/machines/lifecycle/change-engine.ts';
import { DEFAULT_ENGINE } from '../../../../src/machines/lifecycle/create-request.ts';
import type { MachineContext } from '../../../../src/machines/machine-context.ts';
import { testContext } from '../../../support/machine-context.ts';
import { machineRecord } from '../../../support/machine-record.ts';

const { signal } = new AbortController();
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tcompose-change-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A context with a host whose docker-ce is of a version, and gets another when apt is asked to. */
function contextWith(first: string, commands: string[]): MachineContext {
  let version = first;
  const facts = (): string => {
    const sections = {
      root: 'root',
      user: 'root',
      init: 'systemd',
      time: '1795688028',
      'os-release': 'ID=debian\nVERSION_ID="13"',
      dockerd: '/usr/bin/dockerd',
      owner: 'docker-ce: /usr/bin/dockerd',
      unit: 'ActiveState=active',
      packages: `ii  docker-ce 5:${version}-1~x`,
      versions: ['29.0.0', '28.5.2', '28.5.1']
        .map((each) => `docker-ce | 5:${each}-1~x | https://x trixie/stable Packages`)
        .join('\n'),
    };
    return Object.entries(sections)
      .map(([name, text]) => `${name}:\n${text.replaceAll(/^/gm, ' ')}\n\n`)
      .join('');
  };
  return testContext({
    folder,
    run: (argv) => {
      if (argv.join(' ') === 'sh -s') return { stdout: facts() };
      const changed = /docker-ce=5:(\S+)-1~x/.exec(argv.join(' '))?.[1];
      if (changed !== undefined) {
        version = changed;
        commands.push(changed);
      }
      return {};
    },
  });
}

async function record(context: MachineContext, version?: string): Promise<void> {
  const made = machineRecord({
    address: '192.0.2.7',
    engine: { ...DEFAULT_ENGINE, ...(version === undefined ? {} : { version }) },
  });
  await context.store.withMachine('web', { create: true, timeout: 1000, signal }, (each) =>
    each.write(made),
  );
}

async function pinOf(context: MachineContext): Promise<string | undefined> {
  return context.store.withMachine(
    'web',
    { create: false, timeout: 1000, signal },
    async (each) => (await each.read())?.engine.version,
  );
}

describe('the engine of a machine', () => {
  it.each([
    { made: 'without a version', version: '', to: '29.0.0' },
    { made: 'with one', before: '28', version: '', to: '28.5.2', pin: '28' },
    { made: 'without one, named now', version: '28.5.2', to: '28.5.2', pin: '28.5.2' },
    { made: 'with one, another named now', before: '28', version: '29', to: '29.0.0', pin: '29' },
    { made: 'with one, which is not to matter now', before: '28', version: 'latest', to: '29.0.0' },
  ])('of a machine made $made: goes to $to', async ({ before, version, to, pin }) => {
    const commands: string[] = [];
    const context = contextWith('28.5.1', commands);
    await record(context, before);
    const request = { name: 'web', version };
    const planned = await changeEngine(context, { ...request, dryRun: true });
    expect(planned).toMatchObject({ from: '28.5.1', to, changed: false, pin });
    expect(planned.plan?.[0]).toBe(`change to docker-ce 5:${to}-1~x`);
    expect(commands).toEqual([]);
    expect(await pinOf(context)).toBe(before);
    const changed = await changeEngine(context, { ...request, dryRun: false });
    expect(changed).toMatchObject({ from: '28.5.1', to, changed: true });
    expect(commands).toEqual([to]);
    expect(await pinOf(context)).toBe(pin);
  });

  it('keeps what the machine was to have when there is no such version', async () => {
    const context = contextWith('28.5.1', []);
    await record(context, '28');
    const attempt = changeEngine(context, { name: 'web', version: '99', dryRun: false });
    await expect(attempt).rejects.toMatchObject({ hint: 'there are: 29.0.0, 28.5.2, 28.5.1' });
    expect(await pinOf(context)).toBe('28');
  });
});
