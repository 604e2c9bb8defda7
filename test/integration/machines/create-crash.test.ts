import { cpSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mapLimited } from '../../../src/foundation/pool.ts';
import { isMachineError } from '../../../src/machines/machine-error.ts';
import { createMachine } from '../../../src/machines/lifecycle/create.ts';
import { removeMachine } from '../../../src/machines/lifecycle/remove.ts';
import { drive, momentsOf } from '../../support/drive-create.ts';
import { machineRequest, testFolders } from '../../support/lifecycle-bench.ts';
import { cloudOf, testContext } from '../../support/machine-context.ts';
import { cloudResources } from '../../support/scripted-provider.ts';

const { base } = testFolders();

const ALL_KINDS = ['instance', 'key-pair', 'security-group'];

const kinds = (folder: string): string[] =>
  cloudResources(cloudOf(folder))
    .map(({ kind }) => kind)
    .toSorted();

/** Makes the machine; that it exists already is as good. */
async function createAgain(folder: string): Promise<void> {
  try {
    await createMachine(testContext({ folder }), machineRequest());
  } catch (error) {
    if (!isMachineError(error, 'already-exists')) throw error;
  }
}

async function removeIfThere(folder: string): Promise<void> {
  try {
    await removeMachine(testContext({ folder }), { name: 'web', force: false });
  } catch (error) {
    if (!isMachineError(error, 'not-found')) throw error;
  }
}

async function phases(folder: string): Promise<string[]> {
  const stored = await testContext({ folder }).store.list();
  return stored.map((machine) => ('record' in machine ? machine.record.phase : machine.fault));
}

/** Both ways on from what an ended process has left: exactly one machine, or none. */
async function verifyWaysOn(folder: string): Promise<void> {
  const other = `${folder}-removed`;
  cpSync(folder, other, { recursive: true });
  await createAgain(folder);
  expect(kinds(folder)).toEqual(ALL_KINDS);
  expect(await phases(folder)).toEqual(['ready']);
  const [stored] = await testContext({ folder }).store.list();
  const instance = cloudResources(cloudOf(folder)).find(({ kind }) => kind === 'instance');
  expect(stored).toMatchObject({
    record: { instanceId: instance?.id, address: instance?.address },
  });
  expect(existsSync(join(folder, 'store/machines/web/host_ed25519'))).toBe(false);
  await removeIfThere(other);
  expect(kinds(other)).toEqual([]);
  expect(await phases(other)).toEqual([]);
  for (const each of [folder, other]) rmSync(each, { recursive: true });
}

/** Runs something for each moment, a few at a time, and says at which one it failed. */
async function atEachMoment(count: number, work: (moment: number) => Promise<void>): Promise<void> {
  const all = Array.from({ length: count }, (_, index) => index + 1);
  await mapLimited(all, 3, async (moment) => {
    try {
      await work(moment);
    } catch (error) {
      throw new Error(`at moment ${moment}: ${(error as Error).message}`, { cause: error });
    }
  });
}

describe('a create that is ended at any moment', () => {
  it('by kill -9: the next one makes exactly one machine, a removal leaves nothing', async () => {
    const count = await momentsOf({ folder: join(base, 'count-kill') });
    expect(count).toBeGreaterThan(40);
    await atEachMoment(count, async (moment) => {
      const folder = join(base, `kill-${moment}`);
      const { code } = await drive({ folder, moment, signal: 'SIGKILL' });
      expect(code).toBe(137);
      await verifyWaysOn(folder);
    });
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s, kept: the next one makes exactly one machine, a removal leaves nothing',
    async (signal) => {
      const count = await momentsOf({ folder: join(base, `count-${signal}`) });
      await atEachMoment(count, async (moment) => {
        const folder = join(base, `${signal}-${moment}`);
        await drive({ folder, moment, signal });
        expect(await phases(folder)).not.toContain('creating');
        await verifyWaysOn(folder);
      });
    },
  );

  it('by SIGINT, rolled back: nothing is left, or the machine is done', async () => {
    const count = await momentsOf({ folder: join(base, 'count-rollback') });
    await atEachMoment(count, async (moment) => {
      const folder = join(base, `rollback-${moment}`);
      await drive({ folder, moment, signal: 'SIGINT', onInterrupt: 'rollback' });
      const done = (await phases(folder)).includes('ready');
      expect(kinds(folder)).toEqual(done ? ALL_KINDS : []);
      expect(await phases(folder)).toEqual(done ? ['ready'] : []);
      await verifyWaysOn(folder);
    });
  });
});

describe('a removal that is killed at any moment', () => {
  it('is finished by the next one', async () => {
    const made = join(base, 'made');
    await momentsOf({ folder: made });
    const counted = join(base, 'count-remove');
    cpSync(made, counted, { recursive: true });
    const count = await momentsOf({ folder: counted, command: 'remove' });
    expect(count).toBeGreaterThan(8);
    await atEachMoment(count, async (moment) => {
      const folder = join(base, `remove-${moment}`);
      cpSync(made, folder, { recursive: true });
      await drive({ folder, moment, command: 'remove' });
      await removeIfThere(folder);
      expect(kinds(folder)).toEqual([]);
      expect(await phases(folder)).toEqual([]);
    });
  });
});

describe('two creates at once', () => {
  it('of one name make one machine', async () => {
    const folder = join(base, 'same');
    const both = await Promise.all([drive({ folder, pause: 5 }), drive({ folder, pause: 5 })]);
    expect(new Set(both.map(({ code }) => code))).toEqual(new Set([0, 1]));
    expect(both.map(({ stdout }) => stdout).join('')).toContain(
      'Docker machine "web" already exists',
    );
    expect(kinds(folder)).toEqual(ALL_KINDS);
  });

  it('of different names make two that share what is shared', async () => {
    const folder = join(base, 'different');
    const names = ['web', 'db', 'cache'];
    const all = await Promise.all(names.map((name) => drive({ folder, name, pause: 2 })));
    expect(all.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(kinds(folder)).toEqual([
      'instance',
      'instance',
      'instance',
      'key-pair',
      'key-pair',
      'key-pair',
      'security-group',
    ]);
    for (const name of names) {
      await removeMachine(testContext({ folder }), { name, force: false });
    }
    expect(kinds(folder)).toEqual([]);
  });
});
