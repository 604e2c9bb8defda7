import { describe, expect, it } from 'vitest';
import { createMachine } from '../../../../src/machines/lifecycle/create.ts';
import { DEFAULT_ENGINE } from '../../../../src/machines/lifecycle/create-request.ts';
import { removeMachine } from '../../../../src/machines/lifecycle/remove.ts';
import { MachineError } from '../../../../src/machines/machine-error.ts';
import type { MachineEvent } from '../../../../src/machines/machine-event.ts';
import { existingHosts } from '../../../support/existing-hosts.ts';
import { machineRequest as request, testFolders } from '../../../support/lifecycle-bench.ts';
import { cloudOf, testContext, type TestContextOptions } from '../../../support/machine-context.ts';
import { changeCloud, cloudResources } from '../../../support/scripted-provider.ts';

const { some: someFolder } = testFolders();

const kinds = (folder: string): string[] =>
  cloudResources(cloudOf(folder))
    .map(({ kind }) => kind)
    .toSorted();
const ALL = ['instance', 'key-pair', 'security-group'];

function unreachable(message: string): MachineError {
  return new MachineError('unreachable', message);
}

describe('creating a machine', () => {
  it('tells its steps', async () => {
    const events: MachineEvent[] = [];
    const context = testContext({ folder: someFolder(), events });
    const { record, resumed, report } = await createMachine(context, request());
    expect(record).toMatchObject({ phase: 'ready', address: '198.51.100.2' });
    expect(resumed).toBe(false);
    expect(report?.engineVersion).toBe('28.5.2');
    expect(events.flatMap((event) => (event.type === 'step' ? [event.text] : []))).toEqual([
      'Check before creation',
      'Create instance',
      'Wait for SSH',
      'Wait for cloud-init',
      'Provision',
    ]);
  });

  it('that exists is refused, and changes nothing', async () => {
    const folder = someFolder();
    await createMachine(testContext({ folder }), request());
    const before = cloudResources(cloudOf(folder));
    await expect(
      createMachine(testContext({ folder }), request({ force: true })),
    ).rejects.toMatchObject({
      kind: 'already-exists',
      message: 'Docker machine "web" already exists',
    });
    expect(cloudResources(cloudOf(folder))).toEqual(before);
  });

  it('leaves nothing when a check fails', async () => {
    const folder = someFolder();
    const script = { failures: { check: ['invalid', 'no size s-9vcpu'] as const } };
    await expect(createMachine(testContext({ folder, script }), request())).rejects.toMatchObject({
      kind: 'pre-create',
      message: 'no size s-9vcpu',
    });
    expect(kinds(folder)).toEqual([]);
    expect(await testContext({ folder }).store.list()).toEqual([]);
  });

  it('with options that no engine takes makes nothing', async () => {
    const folder = someFolder();
    const { engine } = request();
    const wrong = {
      ...engine,
      labels: ['plain'],
      options: ['debug=maybe'],
      env: ['novalue'],
      tlsPort: 99_999,
    };
    await expect(
      createMachine(testContext({ folder }), request({ engine: wrong })),
    ).rejects.toMatchObject({
      kind: 'pre-create',
      message: [
        'engine label "plain": it has to be KEY=VALUE',
        'engine option "debug=maybe": the value has to be true or false',
        'engine environment "novalue": it has to be NAME=VALUE',
        'the port 99999 of the engine is not between 1 and 65535',
      ].join('; '),
    });
    expect(kinds(folder)).toEqual([]);
    expect(await testContext({ folder }).store.list()).toEqual([]);
  });

  it('without credentials fails before anything is made', async () => {
    const folder = someFolder();
    const script = { failures: { connect: ['no-credentials', 'no credentials'] as const } };
    await expect(createMachine(testContext({ folder, script }), request())).rejects.toMatchObject({
      kind: 'pre-create',
    });
    expect(await testContext({ folder }).store.list()).toEqual([]);
  });

  it('with user data that cannot be read makes nothing', async () => {
    const folder = someFolder();
    const settings = { region: 'here', userdata: '/none.yaml' };
    await expect(
      createMachine(testContext({ folder }), request({ settings })),
    ).rejects.toMatchObject({
      kind: 'pre-create',
      message: expect.stringContaining('the user data in /none.yaml cannot be read') as string,
    });
    expect(kinds(folder)).toEqual([]);
    expect(await testContext({ folder }).store.list()).toEqual([]);
  });

  it.each(['create security-group', 'create key-pair', 'create instance'])(
    'that failed at %s is continued by the same command',
    async (call) => {
      const folder = someFolder();
      const script = { failures: { [call]: ['capacity', 'no capacity'] as const } };
      const events: MachineEvent[] = [];
      const failing = testContext({ folder, script, events });
      await expect(createMachine(failing, request())).rejects.toMatchObject({
        kind: 'failed',
        message: 'no capacity',
        step: 'create',
      });
      expect(events.at(-1)).toMatchObject({
        type: 'warning',
        text: expect.stringContaining('the same command continues') as string,
      });
      expect(await failing.store.get('web')).toMatchObject({
        record: { phase: 'failed', step: 'create' },
      });
      const { resumed } = await createMachine(testContext({ folder }), request());
      expect(resumed).toBe(true);
      expect(kinds(folder)).toEqual(ALL);
    },
  );

  it('that failed is rolled back when that was asked for', async () => {
    const folder = someFolder();
    const script = { failures: { 'create instance': ['capacity', 'no capacity'] as const } };
    await expect(
      createMachine(testContext({ folder, script }), request({ onFailure: 'rollback' })),
    ).rejects.toThrow('no capacity');
    expect(kinds(folder)).toEqual([]);
    expect(await testContext({ folder }).store.list()).toEqual([]);
  });

  it('goes on with the engine that is wanted now, after provisioning failed', async () => {
    const folder = someFolder();
    const provision = (): Promise<never> =>
      Promise.reject(new MachineError('provision', 'apt failed', { step: 'install' }));
    await expect(
      createMachine(testContext({ folder, provision }), request()),
    ).rejects.toMatchObject({ kind: 'provision', step: 'install' });
    const engine = { ...DEFAULT_ENGINE, version: '28' };
    const { record } = await createMachine(testContext({ folder }), request({ engine }));
    expect(record.engine.version).toBe('28');
    expect(kinds(folder)).toEqual(ALL);
  });

  it('with other settings than those of the unfinished one needs --force, which begins anew', async () => {
    const folder = someFolder();
    const script = { failures: { 'create instance': ['capacity', 'no capacity'] as const } };
    await expect(createMachine(testContext({ folder, script }), request())).rejects.toThrow();
    const former = cloudResources(cloudOf(folder)).find(({ kind }) => kind === 'key-pair');
    const other = request({ settings: { region: 'here', size: 'big' } });
    await expect(createMachine(testContext({ folder }), other)).rejects.toMatchObject({
      kind: 'already-exists',
      message: 'machine web was begun with other settings: size: nothing is now big',
    });
    const { record, resumed } = await createMachine(testContext({ folder }), {
      ...other,
      force: true,
    });
    expect(resumed).toBe(false);
    expect(record.settings).toEqual({ region: 'here', size: 'big' });
    expect(kinds(folder)).toEqual(ALL);
    expect(cloudResources(cloudOf(folder))).not.toContainEqual(former);
  });

  it('whose instance vanished meanwhile makes another one', async () => {
    const folder = someFolder();
    const provision = (): Promise<never> => Promise.reject(new MachineError('provision', 'failed'));
    await expect(createMachine(testContext({ folder, provision }), request())).rejects.toThrow();
    const instance = cloudResources(cloudOf(folder)).find(({ kind }) => kind === 'instance');
    changeCloud(cloudOf(folder), instance?.id ?? '', { state: 'gone' });
    const { record } = await createMachine(testContext({ folder }), request());
    expect(record.instanceId).not.toBe(instance?.id);
    expect(kinds(folder)).toEqual(ALL);
  });

  it('that never gets an address is removed all the same', async () => {
    const folder = someFolder();
    const stop = new AbortController();
    const events: MachineEvent[] = [];
    const script = {
      withoutAddress: true,
      at: (moment: string) => {
        if (moment === 'made instance') setImmediate(() => stop.abort(new Error('interrupted')));
      },
    };
    const context = testContext({ folder, script, events, signal: stop.signal });
    await expect(createMachine(context, request())).rejects.toThrow('interrupted');
    expect(events.at(-1)).toMatchObject({
      text: expect.stringMatching(
        /^web is not finished \(made: .*instance i-.*\): the same command continues/,
      ) as string,
    });
    await removeMachine(testContext({ folder }), { name: 'web', force: false });
    expect(kinds(folder)).toEqual([]);
  });

  it('refuses before anything remote happens when the store cannot be written', async () => {
    const folder = someFolder();
    const calls: string[] = [];
    const options: TestContextOptions = {
      folder,
      script: { calls },
      wrapStore: (store) =>
        Object.assign(Object.create(store) as typeof store, {
          checkWritable: () => Promise.reject(new MachineError('store', 'read-only')),
        }),
    };
    await expect(createMachine(testContext(options), request())).rejects.toThrow('read-only');
    expect(calls).toEqual([]);
  });
});

describe('machines that are there already', () => {
  it('are set up as they are, without a name or keys of ours', async () => {
    const asked: unknown[] = [];
    const context = testContext({
      folder: someFolder(),
      providers: [existingHosts],
      provision: ({ hostname, configure }) => {
        asked.push({ hostname, configure });
        return Promise.resolve({ changes: [], engineVersion: '28', system: 'debian 13', left: [] });
      },
    });
    const own = request({
      provider: 'existing',
      settings: { address: '192.0.2.7' },
      configure: false,
    });
    const { record } = await createMachine(context, own);
    expect(record).toMatchObject({ address: '192.0.2.7', ssh: { user: 'ada', port: 22 } });
    expect(record.ssh).not.toHaveProperty('key');
    expect(asked).toEqual([{ hostname: undefined, configure: false }]);
  });

  it('are not even connected to when only their URL is known', async () => {
    const none = { ...existingHosts, name: 'none', power: 'none' as const };
    const connect = (): Promise<void> => Promise.reject(unreachable('nobody asked for that'));
    const context = testContext({ folder: someFolder(), providers: [none], connect });
    const own = request({ provider: 'none', settings: { address: '192.0.2.7' } });
    const { record, report } = await createMachine(context, own);
    expect([record.phase, report]).toEqual(['ready', undefined]);
    await removeMachine(context, { name: 'web', force: false });
    expect(await context.store.list()).toEqual([]);
  });

  it('that do not let us in are a failure at once', async () => {
    let tries = 0;
    const connect = (): Promise<void> => {
      tries += 1;
      return Promise.reject(new MachineError('auth', 'denied', { hint: 'give another key' }));
    };
    const context = testContext({ folder: someFolder(), providers: [existingHosts], connect });
    const own = request({ provider: 'existing', settings: { address: '192.0.2.7' } });
    await expect(createMachine(context, own)).rejects.toMatchObject({
      kind: 'auth',
      hint: 'give another key',
      step: 'wait for SSH',
    });
    expect(tries).toBe(1);
  });
});

describe('waiting for a new host', () => {
  it('tells what keeps it, once for each reason, and goes on when it answers', async () => {
    const events: MachineEvent[] = [];
    const reasons = ['refused', 'refused', 'refused', 'no route', 'no route'];
    const connect = (): Promise<void> => {
      const reason = reasons.shift();
      return reason === undefined ? Promise.resolve() : Promise.reject(unreachable(reason));
    };
    await createMachine(testContext({ folder: someFolder(), events, connect }), request());
    expect(events.flatMap((event) => (event.type === 'detail' ? [event.text] : []))).toEqual([
      'refused',
      'no route',
    ]);
  });

  it('ends with the last reason when the time is over', async () => {
    const connect = (): Promise<void> => Promise.reject(unreachable('refused'));
    const context = testContext({ folder: someFolder(), connect });
    await expect(
      createMachine(context, request({ timeouts: { ssh: 30_000 } })),
    ).rejects.toMatchObject({
      kind: 'timeout',
      message: 'web could not be reached over SSH (198.51.100.2:22) within 30s: refused',
      step: 'wait for SSH',
    });
  });

  it.each([
    ['gone', 'is gone before it was reached', 'makes another one'],
    ['Stopped', 'was stopped before it was reached', 'starts it and goes on'],
  ] as const)('ends soon when its instance is %s meanwhile', async (state, words, hint) => {
    const folder = someFolder();
    const connect = (): Promise<void> => Promise.reject(unreachable('refused'));
    const script = {
      at: (moment: string) => {
        if (moment !== 'made instance') return;
        const made = cloudResources(cloudOf(folder)).find(({ kind }) => kind === 'instance');
        setImmediate(() => changeCloud(cloudOf(folder), made?.id ?? '', { state }));
      },
    };
    const context = testContext({ folder, connect, script });
    await expect(createMachine(context, request())).rejects.toMatchObject({
      message: expect.stringContaining(words) as string,
      hint: expect.stringContaining(hint) as string,
      step: 'wait for SSH',
    });
    const waited = context.clock.now() - Date.parse('2026-11-26T10:00:00Z');
    expect(waited).toBeLessThan(30_000);
    const { record } = await createMachine(testContext({ folder }), request());
    expect(kinds(folder)).toEqual(ALL);
    const there = cloudResources(cloudOf(folder)).find(({ kind }) => kind === 'instance');
    expect(record).toMatchObject({ instanceId: there?.id, address: there?.address });
  });

  it('does not believe one answer that knows nothing of its instance', async () => {
    const failures: Record<string, readonly ['not-found', string]> = {
      describe: ['not-found', 'never heard of it'],
    };
    let looks = 0;
    const script = {
      failures,
      at: (moment: string) => {
        if (moment !== 'describe') return;
        looks += 1;
        if (looks > 1) delete failures['describe'];
      },
    };
    const connect = (): Promise<void> =>
      looks < 3 ? Promise.reject(unreachable('refused')) : Promise.resolve();
    await createMachine(testContext({ folder: someFolder(), connect, script }), request());
    expect(looks).toBe(3);
  });

  it('goes on waiting when nobody can tell whether its instance is still there', async () => {
    const script = { failures: { describe: ['denied', 'expired'] as const } };
    const connect = (): Promise<void> => Promise.reject(unreachable('refused'));
    const context = testContext({ folder: someFolder(), connect, script });
    const create = createMachine(context, request({ timeouts: { ssh: 30_000 } }));
    await expect(create).rejects.toMatchObject({ kind: 'timeout' });
  });

  it.each(['auth', 'host-key'] as const)(
    'takes a refusal (%s) for the busyness of its first start only for a while',
    async (kind) => {
      let tries = 0;
      const connect = (): Promise<void> => {
        tries += 1;
        return Promise.reject(new MachineError(kind, 'refused'));
      };
      const context = testContext({ folder: someFolder(), connect });
      await expect(createMachine(context, request())).rejects.toMatchObject({ kind });
      expect(tries).toBeGreaterThan(10);
      expect(context.clock.now() - Date.parse('2026-11-26T10:00:00Z')).toBeLessThan(120_000);
    },
  );

  it('fails with the words of cloud-init when that failed', async () => {
    const run = (argv: readonly string[]): { code: number; stdout: string } | undefined => {
      if (argv.join(' ').includes('cloud-init status'))
        return { code: 1, stdout: 'status: error\n' };
      return { code: 0, stdout: 'disk full\n' };
    };
    const context = testContext({ folder: someFolder(), run });
    await expect(createMachine(context, request())).rejects.toMatchObject({
      kind: 'provision',
      message: 'cloud-init failed on web:\nstatus: error\ndisk full',
    });
  });
});
