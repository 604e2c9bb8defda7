/**
 * Machines as a file describes them, at an emulated cloud whose instances really run: made after an interrupt, kept,
 * changed, more and fewer of them; and taken over on another computer, which is let in and removes what is left.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ec2Account, startEc2Account } from '../../support/cloud-account.ts';
import type { ProxiedCall } from '../../support/cloud-proxy.ts';
import { CloudInstances, ec2Source, INSTANCE_PACKAGES } from '../../support/cloud-instances.ts';
import { startHosts, type TestHosts } from '../../support/hosts.ts';
import { MachineUser } from '../../support/machine-user.ts';
import { newKey } from '../../support/ssh-key.ts';

/** An image out of what the host has, and a container of it. */
const RUN_SOMETHING =
  'tar -ch -C / bin/sleep $(ldd /bin/sleep | grep -o "/[^ ]*") 2>/dev/null | docker import - idle && ' +
  'docker run -d --name busy -v data:/data idle sleep inf';

let hosts: TestHosts;
let account: Ec2Account;
let instances: CloudInstances;
let user: MachineUser;
let colleague: MachineUser;

beforeAll(async () => {
  hosts = await startHosts();
  await hosts.image('bookworm-docker', INSTANCE_PACKAGES);
  account = await startEc2Account();
  instances = await CloudInstances.start(hosts, ec2Source(account.moto.url), {
    image: 'bookworm-docker',
  });
  user = new MachineUser(account.env);
  colleague = new MachineUser(account.env);
});

afterAll(async () => {
  user?.[Symbol.dispose]();
  colleague?.[Symbol.dispose]();
  await instances?.close();
  await account?.[Symbol.asyncDispose]();
  await hosts?.close();
});

function describeMachines(count: number, tier: string, more = ''): void {
  const options = `{ ssh-cidr: 198.51.100.7/32${more} }`;
  const web = `{ count: ${count}, options: ${options}, engine: { labels: [tier=${tier}] } }`;
  const text = `defaults: { driver: amazonec2 }\nmachines:\n  web: ${web}\n`;
  writeFileSync(join(user.home, 'machines.yaml'), text);
}

interface Applied {
  readonly code: number;
  /** Changes as `create web-1: cause; cause`, with what is lost. */
  readonly plan: readonly string[];
  /** What was told. */
  readonly told: string;
}

async function apply(...flags: readonly string[]): Promise<Applied> {
  const words = ['machine', 'apply', '--format', 'json', ...flags, 'machines.yaml'];
  const { code, stdout, stderr } = await user.run(words);
  const rows = JSON.parse(stdout) as readonly {
    readonly change: string;
    readonly machine: string;
    readonly causes: readonly string[];
    readonly loses?: string;
  }[];
  const plan = rows.map(({ change, machine, causes, loses }) =>
    [`${change} ${machine}`, ...causes, ...(loses === undefined ? [] : [loses])].join('; '),
  );
  return { code, plan, told: stderr };
}

async function succeed(who: MachineUser, ...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await who.run(words);
  expect([words.join(' '), code, code === 0 ? '' : stderr]).toEqual([words.join(' '), 0, '']);
  return stdout;
}

const made = async (): Promise<number> =>
  (await account.things()).filter((thing) => thing.startsWith('instance ')).length;

describe('a file of machines', () => {
  it('is gone on with after an interrupt, and has nothing to do then', async () => {
    describeMachines(1, 'a');
    const asked = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    const hold = async ({ body }: ProxiedCall): Promise<void> => {
      // The check before asks in the same way, and makes nothing.
      if (/DryRun/.test(body)) return;
      asked.resolve();
      await ended.promise;
    };
    account.proxy.fault({ call: 'RunInstances', effect: { type: 'observe', run: hold } });
    const first = user.begin(['machine', 'apply', '--yes', 'machines.yaml']);
    await asked.promise;
    const { code, stderr } = await first.end('SIGINT');
    ended.resolve();
    expect(code).toBe(130);
    expect(stderr).toContain('the same command continues');
    account.proxy.reset();
    const silent = await apply();
    expect([silent.code, silent.plan]).toEqual([1, ['create web-1; it stopped at: create']]);
    expect(silent.told).toContain('Nothing was done: nobody answered');
    const done = await apply('--yes');
    expect([done.code, done.code === 0 ? '' : done.told]).toEqual([0, '']);
    expect(await made()).toBe(1);
    expect(await apply()).toMatchObject({ code: 0, plan: ['keep web-1'], told: '' });
  });

  it('changes an engine in place, and loses nothing unasked', async () => {
    await succeed(user, 'machine', 'ssh', 'web-1', RUN_SOMETHING);
    describeMachines(1, 'b');
    expect(await apply('--yes')).toMatchObject({
      code: 0,
      plan: ['change web-1; engine.labels: tier=b comes, tier=a goes'],
    });
    const engine = "docker info -f '{{.Labels}}'; docker ps -q | wc -l";
    expect(await succeed(user, 'machine', 'ssh', 'web-1', engine)).toMatch(/tier=b.*\n1\n$/);
    describeMachines(1, 'b', ', instance-type: t3.large');
    const refused = await apply('--yes');
    expect(refused.code).toBe(1);
    expect(refused.plan[0]).toMatch(
      /^refuse web-1; instance-type: t3.small is now t3.large: .*--replace makes it anew; lost with it: 1/,
    );
    const loses = 'lost with it: 1 running container (busy) and 1 volume';
    expect(await apply('--replace', '--dry-run')).toMatchObject({
      code: 0,
      plan: [`replace web-1; instance-type: t3.small is now t3.large; ${loses}`],
    });
  });

  it('has more machines, and fewer with --prune', async () => {
    describeMachines(2, 'b');
    expect((await apply('--yes')).plan).toEqual(['keep web-1', 'create web-2; it is not there']);
    expect(await made()).toBe(2);
    describeMachines(1, 'b');
    const surplus = 'the file does not name it any more';
    expect((await apply('--yes')).plan[1]).toBe(`keep web-2; ${surplus}; --prune removes it`);
    expect((await apply('--yes', '--prune')).plan[1]).toBe(
      `remove web-2; ${surplus}; nothing runs on it`,
    );
    expect([await made(), user.machines()]).toEqual([1, ['web-1']]);
  });
});

describe('on another computer', () => {
  it('a machine is imported by its tags, lets in who was authorized, and is removed', async () => {
    const key = newKey('colleague');
    mkdirSync(join(colleague.home, '.ssh'), { mode: 0o700 });
    writeFileSync(join(colleague.home, '.ssh/id_ed25519'), key.private, { mode: 0o600 });
    writeFileSync(join(user.home, 'colleague.pub'), key.public);
    const imported = await succeed(colleague, 'machine', 'import', '-d', 'amazonec2');
    expect(imported).toContain('web-1 imported: it is reached as ubuntu');
    expect(colleague.record('web-1')).toMatchObject({ taggedBy: user.storeId() });
    const refused = await colleague.run(['machine', 'ssh', 'web-1', 'hostname']);
    expect([refused.code === 0, refused.stdout]).toEqual([false, '']);
    await succeed(user, 'machine', 'authorize', '--key', 'colleague.pub', 'web-1');
    expect(await succeed(colleague, 'machine', 'ssh', 'web-1', 'hostname')).toBe('web-1\n');
    const engine = ['ps', '--all', '--format', 'json'];
    writeFileSync(join(colleague.home, 'compose.yaml'), 'services: { web: { image: idle } }\n');
    await succeed(colleague, '--machine', 'web-1', ...engine);
    expect(await succeed(colleague, 'machine', 'rm', '-y', 'web-1')).toContain('removed web-1');
    expect(await account.things()).toEqual([]);
    expect((await apply('--dry-run')).plan).toEqual([
      'replace web-1; its account does not have it any more',
    ]);
  });
});
