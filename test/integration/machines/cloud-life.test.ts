/**
 * The life of a machine at an emulated cloud whose instances really run: made, stopped, started, restarted and killed,
 * also by others, reached without credentials and at another address, and removed. All of it with the program itself.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartInstancesCommand, StopInstancesCommand } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type CloudAccount,
  type Ec2Account,
  startDigitalOceanAccount,
  startEc2Account,
} from '../../support/cloud-account.ts';
import {
  CloudInstances,
  type CloudSource,
  digitaloceanSource,
  ec2Source,
  INSTANCE_PACKAGES,
} from '../../support/cloud-instances.ts';
import type { Finished } from '../../support/command.ts';
import { digitaloceanSpec } from '../../support/digitalocean-spec.ts';
import { startHosts, type TestHost, type TestHosts } from '../../support/hosts.ts';
import { MachineUser } from '../../support/machine-user.ts';

const spec = digitaloceanSpec();
const newHostKey =
  'cd /etc/ssh && rm ssh_host_ed25519_key* && ssh-keygen -q -t ed25519 -N "" -f ssh_host_ed25519_key && systemctl restart ssh';
let hosts: TestHosts;

interface CloudCase {
  readonly driver: CloudAccount['driver'];
  readonly start: () => Promise<readonly [CloudAccount, CloudSource]>;
  /** True for a call that reboots an instance. */
  readonly reboots: { readonly call: string | RegExp; readonly body: RegExp };
  /** Instances get another address when they are started again. */
  readonly moves: boolean;
}

const CLOUDS: readonly CloudCase[] = [
  {
    driver: 'amazonec2',
    start: async () => {
      const account = await startEc2Account();
      return [account, ec2Source(account.moto.url)];
    },
    reboots: { call: 'RebootInstances', body: /./ },
    moves: true,
  },
  {
    driver: 'digitalocean',
    start: async () => {
      const address = (): string => hosts.freeAddress();
      const account = await startDigitalOceanAccount(spec ?? '', { address });
      return [account, digitaloceanSource(account.fake)];
    },
    reboots: { call: /^POST .*\/actions$/, body: /"reboot"/ },
    moves: false,
  },
];

beforeAll(async () => {
  hosts = await startHosts();
  await hosts.image('bookworm-docker', INSTANCE_PACKAGES);
});
afterAll(() => hosts?.close());

describe.each(CLOUDS.filter(({ driver }) => driver === 'amazonec2' || spec !== undefined))(
  'a machine on $driver',
  ({ driver, start, reboots, moves }) => {
    let account: CloudAccount;
    let instances: CloudInstances;
    let user: MachineUser;

    beforeAll(async () => {
      const [made, source] = await start();
      account = made;
      instances = await CloudInstances.start(hosts, source, { image: 'bookworm-docker' });
      user = new MachineUser(account.env);
      const compose = 'name: life\nservices:\n  web:\n    image: nothing\n';
      writeFileSync(join(user.home, 'compose.yaml'), compose);
    });
    afterAll(async () => {
      user?.[Symbol.dispose]();
      await instances?.close();
      await account?.[Symbol.asyncDispose]();
    });

    const machine = (...words: string[]): Promise<Finished> => user.run(['machine', ...words]);
    const succeed = async (...words: string[]): Promise<string> => {
      const { code, stdout, stderr } = await machine(...words);
      expect([words.join(' '), code, code === 0 ? '' : stderr]).toEqual([words.join(' '), 0, '']);
      return stdout;
    };
    const address = (): string => String(user.record('web')['address']);
    const host = (): TestHost => {
      const found = instances.host(String(user.record('web')['instanceId']));
      if (found === undefined) throw new Error(`no host: ${String(instances.failure)}`);
      return found;
    };
    const began = (): Promise<string> => succeed('ssh', 'web', 'cut -d" " -f22 /proc/1/stat');
    const isOff = (): Promise<void> =>
      expect.poll(() => host().state(), { timeout: 60_000 }).toBe('exited');
    const row = async (): Promise<string> => (await succeed('ls')).split('\n')[1] ?? '';
    /** Everything that leads to the machine leads to where it is now. */
    const reached = async (at: string): Promise<void> => {
      expect(await succeed('ssh', 'web', 'hostname')).toBe('web\n');
      expect(await succeed('ip', 'web')).toBe(`${at}\n`);
      expect(await succeed('env', 'web')).toMatch(new RegExp(`DOCKER_HOST="ssh://\\w+@${at}"`));
      const { code, stderr } = await user.run(['--machine', 'web', 'ps']);
      expect([code, stderr]).toEqual([0, '']);
      expect(await row()).toMatch(new RegExp(`Running +ssh://\\w+@${at} +v20`));
    };

    it('is made and reached', async () => {
      await succeed('create', '-d', driver, ...account.flags, 'web');
      await reached(address());
    });

    it('is reached with credentials that have expired', async () => {
      account.proxy.fault(account.expired);
      const at = address();
      expect(await succeed('ssh', 'web', 'echo in')).toBe('in\n');
      const told = 'its address may have changed, ';
      expect(await machine('ip', 'web')).toMatchObject({
        code: 0,
        stdout: `${at}\n`,
        stderr: expect.stringContaining(told) as string,
      });
      expect((await machine('env', 'web')).stdout).toContain(`@${at}"`);
      const { code, stderr } = await user.run(['--machine', 'web', 'ps']);
      expect([code, stderr.replace(/^.*its address may have.*\n/, '')]).toEqual([0, '']);
      expect(await row()).toMatch(
        /^web +- +\w+ +Error +Unknown +(EC2: .*expired|DigitalOcean: Un)/,
      );
      const status = await machine('status', 'web');
      expect(status.code).toBe(1);
      expect(status.stderr).toContain('error getting state for host web: ');
      account.proxy.reset();
    });

    it('is stopped, and started where it is then', async () => {
      const before = address();
      const known = readFileSync(join(user.home, '.tcompose/machines/web/known_hosts'), 'utf8');
      expect(await succeed('stop', 'web')).toContain('Machine "web" was stopped.');
      await isOff();
      expect(await row()).toMatch(/^web +- +\w+ +Stopped +Unknown *$/);
      expect(await machine('stop', 'web')).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('Machine "web" is already stopped.') as string,
      });
      expect(await machine('ip', 'web')).toMatchObject({
        code: 1,
        stdout: '',
        stderr: expect.stringContaining('Host is not running') as string,
      });
      const started = await succeed('start', 'web');
      const at = address();
      expect(at !== before).toBe(moves);
      if (moves) expect(started).toContain(`(web) new address: ${at}\n`);
      await reached(at);
      expect((await machine('start', 'web')).stderr).toContain('Machine "web" is already running.');
      const after = readFileSync(join(user.home, '.tcompose/machines/web/known_hosts'), 'utf8');
      expect(after).toBe(known);
    });

    it('is restarted, and killed and restarted', async () => {
      account.proxy.fault({
        call: reboots.call,
        effect: {
          type: 'observe',
          run: ({ body }) => void (reboots.body.test(body) && host().restart()),
        },
      });
      const first = await began();
      expect(await succeed('restart', 'web')).toContain('Machine "web" was restarted.');
      const second = await began();
      expect(second).not.toBe(first);
      expect(await succeed('kill', 'web')).toContain('Machine "web" was killed.');
      await isOff();
      await succeed('restart', 'web');
      expect(await began()).not.toBe(second);
      account.proxy.reset();
    });

    // Addresses of droplets stay when they are switched off.
    if (moves) {
      it('is found where others have moved it, and nobody in its place', async () => {
        const { client } = account as Ec2Account;
        const InstanceIds = [String(user.record('web')['instanceId'])];
        const before = address();
        const engine = (): Promise<Finished> => user.run(['--machine', 'web', 'ps']);
        await client.send(new StopInstancesCommand({ InstanceIds }));
        await isOff();
        const off = await engine();
        expect(off.code).toBe(1);
        expect(off.stderr).toContain('machine "web" is not running');
        await client.send(new StartInstancesCommand({ InstanceIds }));
        await expect.poll(() => host().address, { timeout: 60_000 }).not.toBe(before);
        await host().ready();
        // Somebody else has its former address.
        const other = await hosts.start({
          image: 'bookworm-docker',
          packages: INSTANCE_PACKAGES,
          address: before,
        });
        const found = await engine();
        expect([found.code, found.stderr]).toEqual([0, '']);
        expect(address()).toBe(host().address);
        await other.remove();
        await reached(host().address);
        await host().shell(newHostKey);
        for (const words of [
          ['machine', 'ssh', 'web', 'hostname'],
          ['--machine', 'web', 'ps'],
        ]) {
          const refused = await user.run(words);
          expect([refused.code === 0, refused.stdout]).toEqual([false, '']);
          expect(refused.stderr).toMatch(/host key/i);
        }
      });
    }

    it('is removed with everything', async () => {
      expect(await succeed('rm', '-y', 'web')).toContain('Successfully removed web');
      expect(await account.things()).toEqual([]);
      await expect.poll(() => instances.hosts.size, { timeout: 60_000 }).toBe(0);
      expect(instances.failure).toBeUndefined();
    });
  },
);
