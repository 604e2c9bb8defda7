import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/foundation/clock.ts';
import { applySteps, planMachines } from '../../../../src/machines/lifecycle/apply.ts';
import type { ApplyStep } from '../../../../src/machines/lifecycle/apply-plan.ts';
import { parseMachinesFile } from '../../../../src/machines/lifecycle/machines-file.ts';
import { resolveMachines } from '../../../../src/machines/lifecycle/resolve-machines.ts';
import type { MachineContext } from '../../../../src/machines/machine-context.ts';
import { MachineError } from '../../../../src/machines/machine-error.ts';
import type { MachineEvent } from '../../../../src/machines/machine-event.ts';
import { formatDiagnostics } from '../../../../src/output/diagnostics.ts';
import { existingHosts } from '../../../support/existing-hosts.ts';
import { testFolders } from '../../../support/lifecycle-bench.ts';
import { cloudOf, testContext, type TestContextOptions } from '../../../support/machine-context.ts';
import {
  changeCloud,
  cloudResources,
  scriptedProvider,
} from '../../../support/scripted-provider.ts';

const style = { cwd: '/', color: false };

function parse(text: string) {
  return parseMachinesFile({ path: '/machines.yaml', text });
}

const { base } = testFolders();

describe('applying a machines.yaml', () => {
  async function resolve(context: MachineContext, text: string) {
    const { file, diagnostics } = parse(text);
    if (file === undefined) throw new Error(formatDiagnostics(diagnostics, style));
    return { group: file.group, ...(await resolveMachines(context, file)) };
  }

  async function apply(
    context: MachineContext,
    text: string,
    { prune = false, replace = false } = {},
  ): Promise<readonly string[]> {
    const { group, wanted, diagnostics } = await resolve(context, text);
    expect(diagnostics).toEqual([]);
    const request = { group, wanted, prune, replace };
    const steps: readonly ApplyStep[] = await planMachines(context, request);
    const outcomes = await applySteps(context, steps, { group });
    return outcomes.map((outcome, index) =>
      outcome.ok
        ? `${steps[index]?.do} ${outcome.name}`
        : `${outcome.name}: ${(outcome.error as Error).message}`,
    );
  }

  it('makes, changes, replaces and removes until it is as it says', async () => {
    const folder = join(base, 'a');
    const provisioned: string[] = [];
    const context = testContext({
      folder,
      providers: [existingHosts],
      provision: ({ machine, engine }) => {
        provisioned.push(`${machine} ${engine.version ?? ''}`);
        return Promise.resolve({ changes: [], engineVersion: '28', system: 'debian 13', left: [] });
      },
    });
    const file = (count: number, version: string, address: string): string =>
      `machines:\n  web: {driver: scripted, count: ${count}, engine: {version: ${version}}}\n` +
      `  own: {driver: existing, options: {address: ${address}}}\n`;
    const first = file(2, '28', '192.0.2.1');
    expect(await apply(context, first)).toEqual(['create web-1', 'create web-2', 'create own']);
    expect(await apply(context, first)).toEqual(['keep web-1', 'keep web-2', 'keep own']);
    provisioned.length = 0;
    expect(await apply(context, file(1, '29', '192.0.2.1'))).toEqual([
      'change web-1',
      'keep own',
      'keep web-2',
    ]);
    expect(provisioned).toEqual(['web-1 29']);
    const moved = file(1, '29', '192.0.2.2');
    expect(await apply(context, moved)).toEqual([
      'keep web-1',
      expect.stringMatching(/^own: address: 192.0.2.1 is now 192.0.2.2: it cannot be changed/),
      'keep web-2',
    ]);
    expect(await apply(context, moved, { prune: true, replace: true })).toEqual([
      'keep web-1',
      'replace own',
      'remove web-2',
    ]);
    const names = (await context.store.list()).map(({ name }) => name);
    expect(names).toEqual(['own', 'web-1']);
    expect(cloudResources(cloudOf(folder)).filter(({ kind }) => kind === 'instance')).toHaveLength(
      1,
    );
  });

  const two = 'machines:\n  web: {driver: scripted, count: 2, options: {}}\n';
  const grown = (count: number, size: string): string =>
    `machines:\n  web: {driver: scripted, count: ${count}, engine: {labels: ['size=${size}']}}\n`;

  async function planOf(
    context: MachineContext,
    text: string,
    request: { readonly prune?: boolean; readonly replace?: boolean } = {},
  ) {
    const resolved = await resolve(context, text);
    return planMachines(context, { prune: false, replace: false, ...resolved, ...request });
  }

  async function instancesOf(folder: string): Promise<readonly string[]> {
    await Promise.resolve();
    return cloudResources(cloudOf(folder))
      .filter(({ kind }) => kind === 'instance')
      .map(({ id }) => id)
      .toSorted();
  }

  const doneBy = async (
    context: MachineContext,
    steps: readonly ApplyStep[],
  ): Promise<readonly string[]> => {
    const group = 'machines.yaml';
    const outcomes = await applySteps(context, steps, { group, limit: 1 });
    return outcomes.map((outcome) =>
      outcome.ok
        ? `${outcome.value.do} ${outcome.name}`
        : `${outcome.name}: ${String(outcome.error)}`,
    );
  };

  it('makes each machine once when two do it at the same time', async () => {
    const folder = join(base, 'two');
    const [one, other] = [
      testContext({ folder, clock: systemClock }),
      testContext({ folder, clock: systemClock }),
    ];
    const plans = [await planOf(one, two), await planOf(other, two)] as const;
    const done = await Promise.all([doneBy(one, plans[0]), doneBy(other, plans[1])]);
    expect(done.flat().toSorted()).toEqual([
      'create web-1',
      'create web-2',
      'keep web-1',
      'keep web-2',
    ]);
    expect(await instancesOf(folder)).toHaveLength(2);
  });

  it('does not do again what somebody else has done since it was planned', async () => {
    const folder = join(base, 'since');
    const [one, other] = [
      testContext({ folder, clock: systemClock }),
      testContext({ folder, clock: systemClock }),
    ];
    await doneBy(one, await planOf(one, two));
    for (const id of await instancesOf(folder)) changeCloud(cloudOf(folder), id, { state: 'gone' });
    const plans = [await planOf(one, two), await planOf(other, two)] as const;
    expect(await doneBy(one, plans[0])).toEqual(['replace web-1', 'replace web-2']);
    const made = await instancesOf(folder);
    expect(made).toHaveLength(2);
    expect(await doneBy(other, plans[1])).toEqual(['keep web-1', 'keep web-2']);
    expect(await instancesOf(folder)).toEqual(made);
    const empty = 'machines: {}\n';
    const removals = [
      await planOf(one, empty, { prune: true }),
      await planOf(other, empty, { prune: true }),
    ] as const;
    expect(await doneBy(one, removals[0])).toEqual(['remove web-1', 'remove web-2']);
    await doneBy(one, await planOf(one, two));
    // Those are others, which nobody has agreed to remove.
    expect(await doneBy(other, removals[1])).toEqual([
      'web-1: MachineError: machine web-1 is another one since it was looked at',
      'web-2: MachineError: machine web-2 is another one since it was looked at',
    ]);
    expect(await instancesOf(folder)).toHaveLength(2);
  });

  it('removes nothing for a machine that could not be made', async () => {
    const folder = join(base, 'impossible');
    const context = testContext({ folder, clock: systemClock });
    await doneBy(context, await planOf(context, two));
    const failures = { check: ['invalid', 'there is no size huge'] } as const;
    const impossible = { ...scriptedProvider(cloudOf(folder), { failures }), name: 'impossible' };
    const file = 'machines:\n  web: {driver: impossible, count: 2}\n';
    const planning = testContext({ folder, clock: systemClock, providers: [impossible] });
    const steps = await planOf(planning, file, { replace: true });
    expect(steps.map((step) => [step.do, ...step.causes])).toEqual(
      Array.from({ length: 2 }, () => [
        'refuse',
        'driver: scripted is now impossible',
        'it could not be made anew: there is no size huge',
      ]),
    );
    // It became so after it was planned.
    const possible = { ...scriptedProvider(cloudOf(folder)), name: 'impossible' };
    const sure = testContext({ folder, clock: systemClock, providers: [possible] });
    const planned = await planOf(sure, file, { replace: true });
    expect(await doneBy(planning, planned)).toEqual([
      'web-1: MachineError: there is no size huge',
      'web-2: MachineError: there is no size huge',
    ]);
    expect(await instancesOf(folder)).toHaveLength(2);
  });

  it('goes on where it was interrupted', async () => {
    const folder = join(base, 'interrupted');
    const interrupt = new AbortController();
    const at = (moment: string): void => {
      if (moment === 'made instance') interrupt.abort(new Error('Ctrl-C'));
    };
    const first = testContext({
      folder,
      clock: systemClock,
      script: { at },
      signal: interrupt.signal,
    });
    const steps = await planOf(first, two);
    expect(await doneBy(first, steps)).toEqual(['web-1: Error: Ctrl-C', 'web-2: Error: Ctrl-C']);
    const again = testContext({ folder, clock: systemClock });
    const plan = await planOf(again, two);
    expect(plan.map(({ do: what, causes }) => [what, ...causes])).toEqual([
      ['create', 'it stopped at: create'],
      ['create', 'it is not there'],
    ]);
    await doneBy(again, plan);
    expect(await instancesOf(folder)).toHaveLength(2);
    expect((await planOf(again, two)).map((step) => step.do)).toEqual(['keep', 'keep']);
  });

  it.each<readonly [string, Pick<TestContextOptions, 'run' | 'connect'>, string]>([
    ['idle', { run: () => ({ stdout: '\n' }) }, 'nothing runs on it'],
    [
      'busy',
      { run: () => ({ stdout: 'db\na\nb\nc\nd\n\ndata\n' }) },
      'lost with it: 5 running containers (db, a, b, … 2 more) and 1 volume',
    ],
    [
      'without an answer of its engine',
      { run: () => ({ code: 3 }) },
      'what runs on it is lost, and could not be looked at: its engine is silent',
    ],
    [
      'out of reach',
      {
        run: () => {
          throw new MachineError('unreachable', 'web-2 refuses connections');
        },
      },
      'what runs on it is lost, and could not be looked at: web-2 refuses connections',
    ],
  ])('says before what is lost with a machine that is %s', async (name, answers, loses) => {
    const folder = join(base, `loses-${name}`);
    const maker = testContext({ folder, clock: systemClock });
    await doneBy(maker, await planOf(maker, two));
    const context = testContext({ folder, clock: systemClock, ...answers });
    const steps = await planOf(context, grown(1, 'big'), { prune: true });
    expect(steps).toMatchObject([{ do: 'change' }, { do: 'remove', name: 'web-2', loses }]);
  });

  it('tells what it leaves as it is on a host', async () => {
    const events: MachineEvent[] = [];
    const left = ['storage driver: overlay2 stays'];
    const context = testContext({
      folder: join(base, 'left'),
      events,
      provision: () =>
        Promise.resolve({ changes: [], engineVersion: '28', system: 'debian 13', left }),
    });
    await doneBy(context, await planOf(context, grown(1, 'big')));
    events.length = 0;
    expect(await doneBy(context, await planOf(context, grown(1, 'small')))).toEqual([
      'change web-1',
    ]);
    expect(events).toContainEqual({
      type: 'warning',
      machine: 'web-1',
      text: 'left as it is: storage driver: overlay2 stays',
    });
  });

  it('leaves an engine alone about which the file says nothing', async () => {
    const configured: boolean[] = [];
    const context = testContext({
      folder: join(base, 'alone'),
      providers: [existingHosts],
      provision: ({ configure }) => {
        configured.push(configure);
        return Promise.resolve({ changes: [], engineVersion: '28', system: 'debian 13', left: [] });
      },
    });
    const own = (engine: string): string =>
      `machines:\n  own: {driver: existing, options: {address: 192.0.2.1}${engine}}\n`;
    await doneBy(context, await planOf(context, own('')));
    await doneBy(context, await planOf(context, own(', engine: {labels: [a=b]}')));
    expect(configured).toEqual([false, true]);
  });

  it.each<readonly [string, string, string]>([
    [
      'driver: existing, options: {adress: x}',
      "driver existing has no option 'adress'",
      "did you mean 'address'?",
    ],
    [
      'driver: existing, options: {address: x, password: y}',
      'password is a secret',
      'set PASSWORD',
    ],
    ['driver: existing', 'machines.web an address is missing', ''],
    [
      'driver: existing, options: {address: x, port: many}',
      'machines.web.options.port: "many" is no whole number',
      '',
    ],
    ['driver: scriptd', 'unknown driver "scriptd"', ''],
  ])('tells what a driver does not take, with its place: %s', async (machine, message, hint) => {
    const context = testContext({ folder: join(base, 'b'), providers: [existingHosts] });
    const { diagnostics } = await resolve(context, `machines:\n  web: {${machine}}\n`);
    const told = formatDiagnostics(diagnostics, style);
    expect(told).toContain(message);
    expect(told).toContain(hint);
    expect(told).toMatch(/machines\.yaml:2:\d+/);
  });

  it('shows the driver or the option that is wrong', async () => {
    const context = testContext({ folder: join(base, 'b'), providers: [existingHosts] });
    const { diagnostics } = await resolve(
      context,
      'machines:\n  a: {driver: existng}\n  b:\n    driver: existing\n    options:\n      address: x\n      port: many\n',
    );
    const told = formatDiagnostics(diagnostics, style);
    expect(told).toContain('machines.yaml:2:15');
    expect(told).toContain('machines.yaml:7:7');
  });
});
