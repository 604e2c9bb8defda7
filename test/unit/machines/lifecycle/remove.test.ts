import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createMachine } from '../../../../src/machines/lifecycle/create.ts';
import { removeMachine } from '../../../../src/machines/lifecycle/remove.ts';
import type { MachineFolder, MachineStore } from '../../../../src/machines/store/machine-store.ts';
import { machineRequest, testFolders } from '../../../support/lifecycle-bench.ts';
import { cloudOf, testContext } from '../../../support/machine-context.ts';
import { virtualClock } from '../../../support/virtual-clock.ts';
import { changeCloud, cloudResources } from '../../../support/scripted-provider.ts';

const { some: someFolder } = testFolders();
const request = machineRequest;

const kinds = (folder: string): string[] =>
  cloudResources(cloudOf(folder))
    .map(({ kind }) => kind)
    .toSorted();
const ALL = ['instance', 'key-pair', 'security-group'];

describe('removing a machine', () => {
  it.each(ALL)('whose %s was just made waits for no list that shows it', async (kind) => {
    const folder = someFolder();
    const stop = new AbortController();
    const script = {
      at: (moment: string) => {
        if (moment === `made ${kind}`) stop.abort(new Error('interrupted'));
      },
    };
    const interrupted = testContext({ folder, script, signal: stop.signal });
    await expect(createMachine(interrupted, request())).rejects.toThrow('interrupted');
    const context = testContext({ folder });
    const before = context.clock.now();
    await removeMachine(context, { name: 'web', force: false });
    expect([kinds(folder), context.clock.now() - before]).toEqual([[], 0]);
  });

  it('keeps the record and names what could not be removed', async () => {
    const folder = someFolder();
    await createMachine(testContext({ folder }), request());
    const script = { failures: { 'remove key-pair': ['denied', 'not allowed'] as const } };
    const refused = removeMachine(testContext({ folder, script }), { name: 'web', force: false });
    await expect(refused).rejects.toThrow(
      /^machine web is not removed: key-pair k-\w+: not allowed/,
    );
    expect(kinds(folder)).toEqual(['key-pair']);
    expect(await testContext({ folder }).store.get('web')).toMatchObject({
      record: { phase: 'removing' },
    });
    await removeMachine(testContext({ folder }), { name: 'web', force: false });
    expect(kinds(folder)).toEqual([]);
  });

  it('by force forgets it, and remembers what is left', async () => {
    const folder = someFolder();
    await createMachine(testContext({ folder }), request());
    const script = { failures: { connect: ['denied', 'expired token'] as const } };
    const context = testContext({ folder, script });
    await expect(removeMachine(context, { name: 'web', force: false })).rejects.toMatchObject({
      message: 'expired token',
    });
    expect(await removeMachine(context, { name: 'web', force: true })).toMatchObject({
      failure: 'expired token',
    });
    expect(await context.store.list()).toEqual([]);
    const [leftover] = await context.store.leftovers();
    expect(leftover?.resources.map(({ kind }) => kind).toSorted()).toEqual(ALL);
  });

  it('leaves what others share until the last of them goes', async () => {
    const folder = someFolder();
    const context = testContext({ folder });
    await createMachine(context, request({ name: 'a' }));
    await createMachine(context, request({ name: 'b' }));
    await removeMachine(context, { name: 'a', force: false });
    expect(kinds(folder)).toEqual(ALL);
    await removeMachine(context, { name: 'b', force: false });
    expect(kinds(folder)).toEqual([]);
  });

  it('leaves what others may share also when their records cannot be read', async () => {
    const folder = someFolder();
    const context = testContext({ folder });
    await createMachine(context, request({ name: 'a' }));
    await createMachine(context, request({ name: 'b' }));
    writeFileSync(join(folder, 'store/machines/b/machine.json'), '{');
    for (const { kind, id, tags } of cloudResources(cloudOf(folder))) {
      const gone = kind === 'instance' && tags['tcompose-machine'] === 'b';
      if (gone) changeCloud(cloudOf(folder), id, { state: 'gone' });
    }
    await removeMachine(context, { name: 'a', force: false });
    expect(kinds(folder)).toEqual(['key-pair', 'security-group']);
  });

  it('does not wait for what was intended by a clock that is ahead', async () => {
    const folder = someFolder();
    const clock = virtualClock(Date.parse('2099-01-01T00:00:00Z'));
    const failing = { failures: { 'create instance': ['capacity', 'none'] as const } };
    await expect(
      createMachine(testContext({ folder, clock, script: failing }), request()),
    ).rejects.toThrow('none');
    const context = testContext({ folder });
    await removeMachine(context, { name: 'web', force: false });
    expect(context.clock.now() - Date.parse('2026-11-26T10:00:00Z')).toBeLessThan(60_000);
  });

  it('takes along what it shares when another one goes at the same time', async () => {
    const folder = someFolder();
    for (const name of ['a', 'b']) await createMachine(testContext({ folder }), request({ name }));
    const both = Promise.withResolvers<void>();
    let arrived = 0;
    /** Each forgets its machine only when both are as far as that. */
    const wrapStore = (store: MachineStore): MachineStore =>
      new Proxy(store, {
        get: (target, key: keyof MachineStore) => {
          const value: unknown = target[key];
          if (typeof value !== 'function') return value;
          if (key !== 'remove') return value.bind(target) as unknown;
          return async (gone: MachineFolder) => {
            arrived += 1;
            if (arrived === 2) both.resolve();
            await both.promise;
            await target.remove(gone);
          };
        },
      });
    const removals = ['a', 'b'].map((name) =>
      removeMachine(testContext({ folder, wrapStore }), { name, force: false }),
    );
    await Promise.all(removals);
    expect(kinds(folder)).toEqual([]);
  });
});
