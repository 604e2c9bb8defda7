import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/foundation/clock.ts';
import { createMachine } from '../../../../src/machines/lifecycle/create.ts';
import { changePower } from '../../../../src/machines/lifecycle/power.ts';
import { eachMachine, machineNames } from '../../../../src/machines/lifecycle/several.ts';
import { machineStates } from '../../../../src/machines/lifecycle/states.ts';
import { MachineError } from '../../../../src/machines/machine-error.ts';
import type { MachineContext } from '../../../../src/machines/machine-context.ts';
import { existingHosts } from '../../../support/existing-hosts.ts';
import { machineRequest, testFolders } from '../../../support/lifecycle-bench.ts';
import { cloudOf, testContext } from '../../../support/machine-context.ts';
import { changeCloud, cloudResources } from '../../../support/scripted-provider.ts';

const { some: someFolder } = testFolders();

async function make(context: MachineContext, name: string, region = 'here'): Promise<void> {
  await createMachine(context, machineRequest({ name, settings: { region } }));
}

async function makeExisting(context: MachineContext, name: string): Promise<void> {
  const settings = { address: '192.0.2.7' };
  await createMachine(
    context,
    machineRequest({ name, provider: 'existing', settings, configure: false }),
  );
}

function instanceOf(folder: string, name: string): string {
  const found = cloudResources(cloudOf(folder)).find(
    ({ kind, tags }) => kind === 'instance' && tags['tcompose-machine'] === name,
  );
  return found?.id ?? 'none';
}

describe('power', () => {
  it('stops and starts; the new address is recorded, the host key stays', async () => {
    const folder = someFolder();
    const context = testContext({ folder });
    await make(context, 'web');
    const keys = (): Promise<string | undefined> =>
      context.store.withMachine(
        'web',
        { create: false, timeout: 0, signal: context.signal },
        (one) => one.readFile('known_hosts'),
      );
    const before = await keys();
    await changePower(context, 'web', 'stop');
    await expect(changePower(context, 'web', 'kill')).rejects.toMatchObject({
      kind: 'wrong-state',
      message: 'Machine "web" is already stopped.',
    });
    const { record, formerAddress } = await changePower(context, 'web', 'start');
    expect([formerAddress, record.address]).toEqual(['198.51.100.2', '203.0.113.103']);
    expect(await context.store.get('web')).toMatchObject({ record: { address: '203.0.113.103' } });
    expect(await keys()).toBe(before);
    await expect(changePower(context, 'web', 'start')).rejects.toThrow(
      'Machine "web" is already running.',
    );
  });

  const stat = (began: number): string =>
    `1 (a (b) c) S ${Array.from({ length: 18 }, (_, index) => index).join(' ')} ${began} 0 0`;

  it.each([
    ['the kernel', ['boot-1', 'boot-1', 'boot-1', 'boot-2'], 'boot-2'],
    // As in a container, whose kernel goes on.
    ['the first process', [11, 11, 11, 12].map((at) => `boot-1\n${stat(at)}`), 'boot-1'],
  ])('restarts, and waits for another boot, told by %s', async (_by, told, last) => {
    const boots = [...told];
    let asked = 0;
    const run = (argv: readonly string[]): { stdout: string } | undefined => {
      if (!argv.join(' ').includes('boot_id')) return undefined;
      asked += 1;
      return { stdout: `${boots.shift() ?? last}\n` };
    };
    const context = testContext({ folder: someFolder(), run });
    await make(context, 'web');
    await changePower(context, 'web', 'restart');
    expect(asked).toBe(4);
  });

  it('of a machine whose instance is gone says so', async () => {
    const folder = someFolder();
    const context = testContext({ folder });
    await make(context, 'web');
    changeCloud(cloudOf(folder), instanceOf(folder, 'web'), { state: 'gone' });
    await expect(changePower(context, 'web', 'stop')).rejects.toMatchObject({
      kind: 'not-found',
      step: 'stop',
    });
  });

  it('of a server that is there already is a command on it', async () => {
    const commands: string[] = [];
    let on = true;
    const context = testContext({
      folder: someFolder(),
      providers: [existingHosts],
      run: (argv) => {
        commands.push(argv.join(' '));
        if (argv.includes('shutdown')) on = false;
        return undefined;
      },
      connect: () =>
        on ? Promise.resolve() : Promise.reject(new MachineError('unreachable', 'refused')),
    });
    await makeExisting(context, 'own');
    await changePower(context, 'own', 'stop');
    expect(commands.at(-1)).toBe('sudo -n shutdown -h now');
    await expect(changePower(context, 'own', 'start')).rejects.toMatchObject({
      kind: 'wrong-state',
      message: 'existing driver does not support start',
    });
  });
});

describe('power of a server that nobody could start again', () => {
  it('is left alone, but for a restart', async () => {
    const commands: string[] = [];
    let boots = 0;
    const context = testContext({
      folder: someFolder(),
      providers: [{ ...existingHosts, power: 'restart' }],
      run: (argv) => {
        commands.push(argv.join(' '));
        if (argv.includes('shutdown')) boots += 1;
        return argv[0] === 'cat' ? { stdout: `${boots}\n` } : undefined;
      },
    });
    await makeExisting(context, 'own');
    for (const action of ['start', 'stop', 'kill'] as const) {
      await expect(changePower(context, 'own', action)).rejects.toMatchObject({
        kind: 'wrong-state',
        message: `existing driver does not support ${action}`,
      });
    }
    expect(commands.join('\n')).not.toContain('shutdown');
    await changePower(context, 'own', 'restart');
    expect(commands).toContain('sudo -n shutdown -r now');
  });
});

describe('states of machines', () => {
  it('take one call for all machines of an account and region', async () => {
    const folder = someFolder();
    const calls: string[] = [];
    const context = testContext({ folder, clock: systemClock, script: { calls } });
    for (const name of ['a', 'b', 'c']) await make(context, name);
    await make(context, 'd', 'there');
    await changePower(context, 'b', 'stop');
    calls.length = 0;
    const states = await machineStates(context, { timeout: 10_000 });
    expect(states.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'a Running',
      'b Stopped',
      'c Running',
      'd Running',
    ]);
    expect(calls).toEqual(['list', 'list']);
  });

  it('are known in part when an account does not answer in time', async () => {
    const folder = someFolder();
    const context = testContext({ folder, clock: systemClock });
    await make(context, 'a');
    const hanging = testContext({
      folder,
      clock: systemClock,
      script: { hangs: ['list'] },
      providers: [existingHosts],
    });
    await makeExisting(hanging, 'own');
    const states = await machineStates(hanging, { timeout: 1500 });
    expect(states.map(({ name, state }) => `${name} ${state}`)).toEqual([
      'a Timeout',
      'own Running',
    ]);
  });

  it('without credentials say so, and what is recorded', async () => {
    const folder = someFolder();
    await make(testContext({ folder, clock: systemClock }), 'a');
    const script = { failures: { connect: ['no-credentials', 'no credentials'] as const } };
    const states = await machineStates(testContext({ folder, clock: systemClock, script }), {
      timeout: 10_000,
    });
    expect(states).toMatchObject([
      { name: 'a', state: 'Error', error: 'no credentials', address: '198.51.100.2' },
    ]);
  });

  it('of machines that are gone are Not Found', async () => {
    const folder = someFolder();
    const context = testContext({ folder, clock: systemClock });
    await make(context, 'a');
    changeCloud(cloudOf(folder), instanceOf(folder, 'a'), { state: 'gone' });
    expect(await machineStates(context, { timeout: 10_000 })).toMatchObject([
      { state: 'Not Found' },
    ]);
  });

  it('of servers that are there already tell whether SSH answers', async () => {
    const folder = someFolder();
    const connect = (kind: 'auth' | 'unreachable') => (): Promise<void> =>
      Promise.reject(new MachineError(kind, kind));
    await makeExisting(
      testContext({ folder, clock: systemClock, providers: [existingHosts] }),
      'own',
    );
    const state = async (kind: 'auth' | 'unreachable'): Promise<string | undefined> => {
      const context = testContext({
        folder,
        clock: systemClock,
        providers: [existingHosts],
        connect: connect(kind),
      });
      const [own] = await machineStates(context, { timeout: 10_000 });
      return own?.state;
    };
    expect(await state('auth')).toBe('Running');
    expect(await state('unreachable')).toBe('Stopped');
  });

  it('of machines that are not in the store are refused', async () => {
    const context = testContext({ folder: someFolder() });
    await make(context, 'web');
    await expect(machineStates(context, { names: ['wep'], timeout: 1 })).rejects.toMatchObject({
      kind: 'not-found',
      hint: 'did you mean "web"?',
    });
  });
});

describe('several machines', () => {
  it('are worked on some at a time, and all of them whatever happens to one', async () => {
    let inside = 0;
    let most = 0;
    const signal = new AbortController().signal;
    const outcomes = await eachMachine(
      ['a', 'b', 'c', 'd', 'e'],
      { limit: 2, signal },
      async (name) => {
        inside += 1;
        most = Math.max(most, inside);
        await new Promise(setImmediate);
        inside -= 1;
        if (name === 'b') throw new Error('b fails');
        return name;
      },
    );
    expect(most).toBe(2);
    expect(outcomes.map(({ name, ok }) => `${name} ${ok}`)).toEqual([
      'a true',
      'b false',
      'c true',
      'd true',
      'e true',
    ]);
  });

  it.each<readonly [readonly string[], number | undefined, readonly string[] | string]>([
    [['web'], undefined, ['web']],
    [['a', 'b'], undefined, ['a', 'b']],
    [['web'], 3, ['web-1', 'web-2', 'web-3']],
    [['web', 'web'], undefined, 'web is named twice'],
    [['a', 'b'], 2, '--count needs exactly one name'],
    [['web'], 0, '--count must be a number from 1 to 1000'],
    [['a_b'], undefined, 'Invalid hostname specified'],
  ])('are named %j with count %s', (given, count, expected) => {
    if (typeof expected === 'string') expect(() => machineNames(given, count)).toThrow(expected);
    else expect(machineNames(given, count)).toEqual(expected);
  });
});
