/**
 * What goes wrong while the program works on machines at emulated clouds: it is interrupted or killed at each call that
 * changes the account, two of it work at once, the account refuses. Nothing is ever orphaned or forgotten. The
 * instances do not run here: a create comes as far as waiting for SSH.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type CloudAccount,
  kindsOf,
  startDigitalOceanAccount,
  startEc2Account,
} from '../../support/cloud-account.ts';
import type { Finished } from '../../support/command.ts';
import { digitaloceanSpec } from '../../support/digitalocean-spec.ts';
import { MachineUser, type RunningCommand } from '../../support/machine-user.ts';

const spec = digitaloceanSpec();

interface CloudCase {
  readonly driver: CloudAccount['driver'];
  readonly start: () => Promise<CloudAccount>;
  /** Calls of a create that change the account, in their order. */
  readonly changes: readonly string[];
  /** What a create makes. */
  readonly whole: readonly string[];
}

const CLOUDS: readonly CloudCase[] = [
  {
    driver: 'amazonec2',
    start: startEc2Account,
    changes: [
      'ImportKeyPair',
      'CreateSecurityGroup',
      'AuthorizeSecurityGroupIngress',
      'AuthorizeSecurityGroupIngress',
      'CreateSecurityGroup',
      'AuthorizeSecurityGroupIngress',
      'RunInstances',
    ],
    whole: ['instance', 'key-pair', 'security-group', 'security-group', 'volume'],
  },
  {
    driver: 'digitalocean',
    start: () => startDigitalOceanAccount(spec ?? ''),
    changes: [
      'POST /v2/account/keys',
      'POST /v2/tags',
      'POST /v2/firewalls',
      'POST /v2/droplets',
      'POST /v2/firewalls',
      'POST /v2/projects/4e1bfbc3-dc3e-41f2-a18f-1b4d7ba71679/resources',
    ],
    whole: ['firewall', 'firewall', 'instance', 'ssh-key'],
  },
];

/** The shared group or firewall is there once, however many machines there are. */
const twice = (kinds: readonly string[]): string[] =>
  [...kinds, ...kinds.filter((kind, at) => kinds.indexOf(kind) === at)].toSorted();

describe.each(CLOUDS.filter(({ driver }) => driver === 'amazonec2' || spec !== undefined))(
  'on $driver',
  ({ driver, start, changes, whole }) => {
    let account: CloudAccount;
    let user: MachineUser;

    beforeAll(async () => {
      account = await start();
    });
    afterAll(async () => {
      user?.[Symbol.dispose]();
      await account?.[Symbol.asyncDispose]();
    });
    beforeEach(async () => {
      user?.[Symbol.dispose]();
      await account.reset();
      user = new MachineUser(account.env);
    });

    const create = (...words: string[]): RunningCommand =>
      user.begin([
        'machine',
        'create',
        '-d',
        driver,
        ...account.flags,
        ...(words.length === 0 ? ['web'] : words),
      ]);
    const rm = (...names: string[]): Promise<Finished> =>
      user.run(['machine', 'rm', '-y', ...names]);
    const gc = (...words: string[]): Promise<Finished> =>
      user.run(['machine', 'gc', '-d', driver, ...words]);
    /** Goes on with a create as far as it comes, and interrupts it there. */
    const upToSsh = async (running: RunningCommand): Promise<Finished> => {
      await running.until('Wait for SSH');
      return running.end('SIGINT');
    };
    const nothing = async (): Promise<void> => {
      expect(await account.things()).toEqual([]);
      expect(user.machines()).toEqual([]);
    };
    /** What the journal of a machine says was made. */
    const idsOf = async (name: string): Promise<string[]> => {
      const path = join(user.home, '.tcompose/machines', name, 'journal.jsonl');
      const lines = (await readFile(path, 'utf8')).trim().split('\n');
      return lines.flatMap((line) => {
        const { event, kind, id } = JSON.parse(line) as Record<string, string>;
        return event === 'made' ? [`${kind} ${id}`] : [];
      });
    };
    /** Name of the nth changing call, and how many of that name come before it. */
    const changing = (n: number): { readonly call: string; readonly after: number } => {
      const call = changes[n] ?? '';
      // The check of a create is a call of RunInstances that makes nothing.
      const dryRun = call === 'RunInstances' ? 1 : 0;
      const after = changes.slice(0, n).filter((each) => each === call).length + dryRun;
      return { call, after };
    };
    /** A create that is sent a signal when the account has carried a call out, and has not answered. */
    const endDuring = async (n: number, signal: NodeJS.Signals): Promise<Finished> => {
      let ended: Promise<Finished> | undefined;
      const running = create();
      account.proxy.fault({
        ...changing(n),
        times: 1,
        effect: {
          type: 'observe',
          run: async () => {
            ended = running.end(signal);
            await ended;
          },
        },
      });
      const finished = await running.finished;
      expect(ended, 'the signal was sent').toBeDefined();
      account.proxy.reset();
      return finished;
    };

    it('makes changes in the calls that the tests below know', async () => {
      await upToSsh(create());
      expect(kindsOf(await account.things())).toEqual(whole);
      const answered = account.proxy.calls.filter(({ body }) => !/DryRun=true/.test(body));
      const names = answered.map(({ name }) => name);
      expect(names.filter((name) => !/^(Describe|GET )/.test(name))).toEqual(changes);
    });

    it.each(changes.map((call, n) => [n, call] as const))(
      'kill -9 during change %i, %s, leaves one machine, or none',
      async (n) => {
        const { code } = await endDuring(n, 'SIGKILL');
        expect(code).toBe(137);
        expect(user.machines()).toEqual(['web']);
        if (n % 2 === 0) {
          await upToSsh(create());
          expect(kindsOf(await account.things())).toEqual(whole);
          expect((await rm('web')).code).toBe(0);
        } else if (n % 4 === 1) {
          expect((await rm('web')).code).toBe(0);
        } else {
          user.lose('web');
          expect((await gc('-y')).code).toBe(0);
        }
        await nothing();
      },
    );

    it.each(['SIGTERM', 'SIGINT'] as const)(
      '%s during the call that makes the instance says what is left, and is gone on from',
      async (signal) => {
        const { code, stderr } = await endDuring(changes.indexOf(account.makes), signal);
        expect(code).toBe(130);
        expect(stderr).toContain('(web) warning: not finished (made: ');
        expect(stderr).toContain('instance (perhaps)');
        for (const thing of (await account.things()).filter((each) => /key/.test(each))) {
          expect(stderr).toContain(thing);
        }
        expect(stderr).toContain('the same command continues, "machine rm web" removes it');
        const again = await upToSsh(create());
        const things = await account.things();
        expect(kindsOf(things)).toEqual(whole);
        // Volumes go with their instance.
        for (const thing of things.filter((each) => !each.startsWith('volume'))) {
          expect(again.stderr).toContain(thing);
        }
        expect((await rm('web')).code).toBe(0);
        await nothing();
      },
    );

    it('SIGTERM with --rollback leaves nothing', async () => {
      const running = create('--rollback', 'web');
      await running.until('Wait for SSH');
      const { code, stderr } = await running.end('SIGTERM');
      expect(code).toBe(130);
      expect(stderr).toContain('web was rolled back: nothing is left of it');
      await nothing();
    });

    it('two creates of one machine at once make one', async () => {
      const first = create();
      await first.until('Create instance');
      const second = create();
      await second.until('machine web is being worked on by "tcompose create"');
      await upToSsh(first);
      await upToSsh(second);
      expect(kindsOf(await account.things())).toEqual(whole);
      expect((await rm('web')).code).toBe(0);
      await nothing();
    });

    it('two creates of two machines at once share what they share', async () => {
      await Promise.all([upToSsh(create('a')), upToSsh(create('b'))]);
      expect(kindsOf(await account.things())).toEqual(twice(whole));
      expect((await rm('a', 'b')).code).toBe(0);
      await nothing();
    });

    it('rm during a create waits for it, and removes all of it', async () => {
      const held = Promise.withResolvers<void>();
      account.proxy.fault({
        ...changing(changes.indexOf(account.makes)),
        effect: { type: 'observe', run: () => held.promise },
      });
      const running = create();
      await running.until('Create instance');
      const removal = user.begin(['machine', 'rm', '-y', 'web']);
      await removal.until('machine web is being worked on by "tcompose create"');
      held.resolve();
      await upToSsh(running);
      expect(await removal.finished).toMatchObject({
        code: 0,
        stdout: expect.stringContaining('Successfully removed web') as string,
      });
      await nothing();
    });

    it('an instance that is removed by somebody else is not waited for', async () => {
      const running = create();
      await running.until('Wait for SSH');
      const instance = (await account.things()).find((thing) => thing.startsWith('instance '));
      await account.end(instance?.slice('instance '.length) ?? '');
      const { code, stderr } = await running.finished;
      expect(code).toBe(1);
      expect(stderr).toContain('of web is gone before it was reached');
      expect(stderr).toContain('the same command makes another one');
    });

    it.each([
      [400, 'VcpuLimitExceeded', 'exceed your limit', /higher (quota|limit)/],
      [403, 'UnauthorizedOperation', 'you are not allowed to do this', /may not|read and write/],
    ] as const)(
      'a refusal (%i %s) is told, and gone on from',
      async (status, code, words, hint) => {
        const refusal = account.refusal(status, code, words);
        account.proxy.fault({ ...changing(changes.indexOf(account.makes)), effect: refusal });
        const { finished } = create();
        const { code: exit, stderr } = await finished;
        expect(exit).toBe(1);
        expect(stderr).toContain(`Error creating machine: create: `);
        expect(stderr).toContain(words);
        expect(stderr).toMatch(hint);
        expect(user.record('web')).toMatchObject({ phase: 'failed', step: 'create' });
        account.proxy.reset();
        await upToSsh(create());
        expect(kindsOf(await account.things())).toEqual(whole);
      },
    );

    it('removals of several machines at once take along what they share', async () => {
      await Promise.all([upToSsh(create('a')), upToSsh(create('b')), upToSsh(create('c'))]);
      const [some, last] = await Promise.all([rm('a', 'b'), rm('c')]);
      expect([some.code, last.code]).toEqual([0, 0]);
      await nothing();
    });

    it('rm with credentials that have expired says which, and forgets nothing', async () => {
      await upToSsh(create());
      const before = await account.things();
      account.proxy.fault(account.expired);
      const refused = await rm('web');
      expect(refused.code).toBe(1);
      expect(refused.stderr).toContain('Error removing host "web": ');
      expect(refused.stderr).toMatch(
        /AWS_ACCESS_KEY_ID and AWS_SECRET|token of DIGITALOCEAN_TOKEN/,
      );
      expect(refused.stderr).toContain('machine web stays in the store');
      expect(refused.stderr).not.toMatch(/testing|dop_v1/);
      expect(user.machines()).toEqual(['web']);
      const forced = await user.run(['machine', 'rm', '-f', 'web']);
      expect(forced.code).toBe(1);
      expect(forced.stderr).toContain('"machine gc" finds and removes it');
      expect(user.machines()).toEqual([]);
      expect(await account.things()).toEqual(before);
      const { code, stderr } = await user.run(['machine', 'gc', '-y']);
      expect([code, stderr]).toEqual([1, expect.stringContaining('could not be asked: ')]);
      account.proxy.reset();
      expect((await user.run(['machine', 'gc', '-y'])).code).toBe(0);
      await nothing();
    });

    describe('garbage', () => {
      it('is removed once by two gc at once', async () => {
        await upToSsh(create('web'));
        user.lose('web');
        const both = await Promise.all([gc('-y'), gc('-f')]);
        expect(both.map(({ code }) => code)).toEqual([0, 0]);
        await nothing();
      });

      it('is shown, and removed when that is wanted; things of others stay', async () => {
        await Promise.all([upToSsh(create('web')), upToSsh(create('kept'))]);
        const kept = await idsOf('kept');
        user.lose('web');
        const lookalikes = await account.makeLookalikes(user.storeId());
        const before = await account.things();

        const silent = await user.run(['machine', 'gc']);
        expect(silent.code).toBe(1);
        expect(silent.stdout).toMatch(/^PROVIDER +KIND +ID +MACHINE +WHY\n/);
        expect(silent.stdout).toContain('machine web is not in the store');
        expect(silent.stdout).toMatch(/Remove these \d+\? \(y\/n\): \n$/);
        expect(silent.stderr).toContain('Nothing was removed: nobody answered');
        expect((await user.run(['machine', 'gc'], { input: 'n\n' })).code).toBe(0);
        expect(await account.things()).toEqual(before);

        const { code, stdout, stderr } = await user.run([
          'machine',
          'gc',
          '-y',
          '--format',
          'json',
        ]);
        expect([code, stderr]).toEqual([0, expect.stringContaining('Removed ')]);
        const items = JSON.parse(stdout) as { kind: string; id: string; machine?: string }[];
        expect(items.map(({ machine }) => machine)).toEqual(items.map(() => 'web'));
        const removed = new Set(items.map(({ kind, id }) => `${kind} ${id}`));
        const after = (await account.things()).filter((thing) => !thing.startsWith('volume'));
        const stays = before.filter((thing) => !removed.has(thing) && !thing.startsWith('volume'));
        expect(after).toEqual(stays);
        expect(after).toEqual(expect.arrayContaining([...lookalikes, ...kept]));
        const asked = await user.run(['machine', 'gc'], { input: 'y\n' });
        expect([asked.code, asked.stdout]).toEqual([0, expect.not.stringContaining('Remove')]);
      });
    });
  },
);
