import { renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMachine } from '../../../../src/machines/lifecycle/create.ts';
import { collectGarbage, findGarbage } from '../../../../src/machines/lifecycle/garbage.ts';
import {
  planGarbage,
  type AccountInventory,
} from '../../../../src/machines/lifecycle/garbage-plan.ts';
import { importFromCloud } from '../../../../src/machines/lifecycle/import-cloud.ts';
import { removeMachine } from '../../../../src/machines/lifecycle/remove.ts';
import type { MachineContext } from '../../../../src/machines/machine-context.ts';
import type { RemoteResource } from '../../../../src/providers/provider.ts';
import { machineRequest, testFolders } from '../../../support/lifecycle-bench.ts';
import { cloudOf, testContext } from '../../../support/machine-context.ts';
import { cloudResources } from '../../../support/scripted-provider.ts';

const { some: someFolder } = testFolders();

function resource(kind: string, id: string, machine?: string): RemoteResource {
  return { kind, id, title: `${kind} ${id}`, ...(machine === undefined ? {} : { machine }) };
}

function plan(inventory: Partial<AccountInventory>): string[] {
  const items = planGarbage({
    resources: [],
    machines: [],
    names: [],
    leftovers: [],
    ...inventory,
  });
  return items.map(({ id, cause }) => `${id}: ${cause}`);
}

const ready = (name: string, instanceId: string) => ({ name, phase: 'ready' as const, instanceId });
const leftover = (machine: string, ...ids: readonly string[]) => ({
  machine,
  provider: 'p',
  settings: {},
  taggedBy: 's',
  resources: ids.map((id) => ({ kind: 'instance', id })),
  at: '',
});

describe('what is garbage', () => {
  it.each<readonly [string, Partial<AccountInventory>, readonly string[]]>([
    ['nothing in an empty account', {}, []],
    [
      'things of a machine that is not in the store, shared things last',
      {
        resources: [
          resource('security-group', 'sg'),
          resource('key-pair', 'k', 'web'),
          resource('instance', 'i', 'web'),
        ],
      },
      [
        'i: machine web is not in the store',
        'k: machine web is not in the store',
        'sg: no machine is left that could share it',
      ],
    ],
    [
      'nothing of a machine in the store, nor what it shares',
      {
        resources: [resource('instance', 'i', 'web'), resource('security-group', 'sg')],
        machines: [ready('web', 'i')],
        names: ['web'],
      },
      [],
    ],
    [
      'a second instance of a machine that is done',
      {
        resources: [resource('instance', 'j', 'web')],
        machines: [ready('web', 'i')],
        names: ['web'],
      },
      ['j: machine web is another instance, i'],
    ],
    [
      'nothing of a machine that is half made',
      {
        resources: [resource('instance', 'j', 'web')],
        machines: [{ name: 'web', phase: 'creating' }],
        names: ['web'],
      },
      [],
    ],
    [
      'nothing of a machine with a broken record',
      { resources: [resource('instance', 'i', 'web')], names: ['web'] },
      [],
    ],
    [
      'what a forced removal left, tagged or not',
      { leftovers: [leftover('old', 'i-9')] },
      ['i-9: machine old was removed by force'],
    ],
    [
      'no leftover that a machine has taken up again',
      { leftovers: [leftover('web', 'i')], machines: [ready('web', 'i')], names: ['web'] },
      [],
    ],
  ])('%s', (_title, inventory, expected) => {
    expect(plan(inventory)).toEqual(expected);
  });

  it('is never what belongs to a machine of the store', () => {
    const name = fc.constantFrom<string>('a', 'b', 'c');
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ machine: fc.option(name, { nil: undefined }), id: fc.nat({ max: 5 }) }),
        ),
        fc.uniqueArray(name),
        (all, names) => {
          const resources = all.map(({ machine, id }) => resource('instance', `i-${id}`, machine));
          const machines = names.map((each) => ({ name: each, phase: 'creating' as const }));
          const items = planGarbage({ resources, machines, names, leftovers: [] });
          expect(items.filter(({ machine }) => names.some((each) => each === machine))).toEqual([]);
          const orphans = new Set(
            all.flatMap(({ machine, id }) =>
              machine !== undefined && !names.includes(machine) ? [`i-${id}`] : [],
            ),
          );
          for (const id of orphans) expect(items.map((item) => item.id)).toContain(id);
        },
      ),
    );
  });
});

/** A store whose machine was lost with its folder, and all of it is still at its account. */
async function lostMachine(): Promise<{
  readonly folder: string;
  readonly context: MachineContext;
}> {
  const folder = someFolder();
  const context = testContext({ folder });
  await make(context, 'web');
  rmSync(join(folder, 'store/machines'), { recursive: true });
  return { folder, context };
}

async function make(context: MachineContext, name: string): Promise<void> {
  await createMachine(context, machineRequest({ name }));
}

describe('collecting garbage', () => {
  const titles = (folder: string): string[] =>
    cloudResources(cloudOf(folder))
      .map(({ kind, tags }) => `${kind} ${tags['tcompose-machine'] ?? ''}`)
      .toSorted();

  it('shows first, then removes what forced removals left, and nothing else', async () => {
    const folder = someFolder();
    const context = testContext({ folder });
    await make(context, 'web');
    await make(context, 'old');
    const script = { failures: { connect: ['denied', 'expired'] as const } };
    await removeMachine(testContext({ folder, script }), { name: 'old', force: true });
    const before = titles(folder);
    const plan = await findGarbage(context);
    expect(titles(folder)).toEqual(before);
    expect(plan.accounts).toMatchObject([
      { provider: 'scripted', items: [{ kind: 'instance', machine: 'old' }, { kind: 'key-pair' }] },
    ]);
    const { removed, left } = await collectGarbage(context, plan);
    expect([removed.length, left]).toEqual([2, []]);
    expect(titles(folder)).toEqual(['instance web', 'key-pair web', 'security-group ']);
    expect(await context.store.leftovers()).toEqual([]);
    expect((await findGarbage(context)).accounts).toMatchObject([{ items: [] }]);
  });

  it('finds everything of a store whose machines were lost, at an account that is named', async () => {
    const { folder, context } = await lostMachine();
    expect((await findGarbage(context)).accounts).toEqual([]);
    const choice = { provider: 'scripted', settings: { region: 'here' } };
    await collectGarbage(context, await findGarbage(context, [choice]));
    expect(titles(folder)).toEqual([]);
  });

  it('leaves what a machine came to share after it was shown', async () => {
    const { folder, context } = await lostMachine();
    const choice = { provider: 'scripted', settings: { region: 'here' } };
    const plan = await findGarbage(context, [choice]);
    expect(plan.accounts[0]?.items.map(({ kind }) => kind)).toContain('security-group');
    const half = testContext({
      folder,
      script: { failures: { 'create instance': ['capacity', 'none'] } },
    });
    await expect(make(half, 'new')).rejects.toThrow('none');
    expect((await collectGarbage(context, plan)).left).toEqual([]);
    expect(titles(folder)).toEqual(['key-pair new', 'security-group ']);
  });

  it('keeps leftovers that cannot be removed, and says why', async () => {
    const folder = someFolder();
    const context = testContext({ folder });
    await make(context, 'old');
    const expired = { failures: { connect: ['denied', 'expired'] as const } };
    await removeMachine(testContext({ folder, script: expired }), { name: 'old', force: true });
    const script = { failures: { 'remove instance': ['denied', 'not allowed'] as const } };
    const refused = testContext({ folder, script });
    const { left } = await collectGarbage(refused, await findGarbage(refused));
    expect(left).toMatchObject([
      { kind: 'instance', reason: 'not allowed' },
      { kind: 'security-group' },
    ]);
    expect(await context.store.leftovers()).toHaveLength(1);
    await collectGarbage(context, await findGarbage(context));
    expect(titles(folder)).toEqual([]);
  });

  it('knows nothing of what was forgotten after it looked', async () => {
    const context = testContext({ folder: someFolder() });
    await make(context, 'web');
    const plan = await findGarbage(context);
    const late = {
      ...leftover('late', 'i-late'),
      provider: 'scripted',
      settings: { region: 'here' },
    };
    await context.store.changeLeftovers((all) => [...all, late], context.signal);
    await collectGarbage(context, plan);
    expect(await context.store.leftovers()).toEqual([late]);
  });

  it('leaves shared things to a machine that came meanwhile', async () => {
    const { folder, context } = await lostMachine();
    const choice = { provider: 'scripted', settings: { region: 'here' } };
    const plan = await findGarbage(context, [choice]);
    await make(context, 'new');
    expect(await collectGarbage(context, plan)).toMatchObject({ left: [] });
    expect(titles(folder)).toEqual(['instance new', 'key-pair new', 'security-group ']);
  });

  it('finds instances of colleagues that were forgotten by force', async () => {
    const folder = someFolder();
    await make(testContext({ folder }), 'web');
    const ours = join(folder, 'store');
    renameSync(ours, join(folder, 'theirs'));
    const choice = { provider: 'scripted', settings: { region: 'here' } };
    const context = testContext({ folder });
    await importFromCloud(context, choice);
    const script = { failures: { connect: ['denied', 'expired'] as const } };
    await removeMachine(testContext({ folder, script }), { name: 'web', force: true });
    expect((await findGarbage(context)).accounts).toMatchObject([
      { items: [{ kind: 'instance', cause: 'machine web was removed by force' }] },
    ]);
  });

  it('tells which accounts could not be asked, and which machines are unfinished', async () => {
    const folder = someFolder();
    await make(testContext({ folder }), 'web');
    const failing = { failures: { 'create instance': ['capacity', 'none'] as const } };
    await expect(make(testContext({ folder, script: failing }), 'half')).rejects.toThrow('none');
    const script = { failures: { connect: ['no-credentials', 'no credentials'] as const } };
    expect(await findGarbage(testContext({ folder, script }))).toMatchObject({
      accounts: [{ items: [], error: 'no credentials' }],
      unfinished: ['half'],
    });
  });
});
