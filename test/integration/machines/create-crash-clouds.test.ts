import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EC2Client } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProviderChoice } from '../../../src/machines/lifecycle/accounts.ts';
import { createMachine } from '../../../src/machines/lifecycle/create.ts';
import { DEFAULT_ENGINE } from '../../../src/machines/lifecycle/create-request.ts';
import { machineStates } from '../../../src/machines/lifecycle/states.ts';
import { importFromCloud } from '../../../src/machines/lifecycle/import-cloud.ts';
import { systemClock } from '../../../src/foundation/clock.ts';
import { collectGarbage, findGarbage } from '../../../src/machines/lifecycle/garbage.ts';
import { removeMachine } from '../../../src/machines/lifecycle/remove.ts';
import { isMachineError } from '../../../src/machines/machine-error.ts';
import type { MachineContext } from '../../../src/machines/machine-context.ts';
import { amazonec2 } from '../../../src/providers/amazonec2/amazonec2.ts';
import { digitalocean } from '../../../src/providers/digitalocean/digitalocean.ts';
import { PROVIDERS } from '../../../src/providers/registry.ts';
import { CloudProxy } from '../../support/cloud-proxy.ts';
import { run } from '../../support/command.ts';
import type { DriverOrder } from '../../support/create-driver.ts';
import { FAKE_TOKEN, FakeDigitalOcean } from '../../support/digitalocean.ts';
import { digitaloceanSpec } from '../../support/digitalocean-spec.ts';
import { ec2Things } from '../../support/ec2-things.ts';
import { testContext } from '../../support/machine-context.ts';
import { startMoto, type Moto } from '../../support/moto.ts';
import { settingsFrom } from '../../support/provider-bench.ts';

const driver = join(import.meta.dirname, '../../support/create-driver.ts');
const memory = '/dev/shm';
const base = mkdtempSync(join(existsSync(memory) ? memory : tmpdir(), 'tcompose-clouds-'));
afterAll(() => {
  rmSync(base, { recursive: true, force: true });
});
let count = 0;

/** An emulated account. */
interface Cloud {
  readonly choice: ProviderChoice;
  readonly env: Readonly<Record<string, string>>;
  reset(): Promise<void>;
  /** Everything that costs money or stands in the way, whoever made it, sorted. */
  things(): Promise<string[]>;
}

function contextOf({ env }: Cloud, folder: string): MachineContext {
  return testContext({ folder, env, providers: PROVIDERS });
}

async function drive(cloud: Cloud, order: Partial<DriverOrder> & { readonly folder: string }) {
  const whole: DriverOrder = {
    name: 'web',
    command: 'create',
    moment: 0,
    signal: 'SIGKILL',
    onInterrupt: 'keep',
    choice: cloud.choice,
    ...order,
  };
  const env = { ...process.env, ...cloud.env };
  return run(process.execPath, [driver, JSON.stringify(whole)], { env, timeout: 60_000 });
}

async function createAgain(cloud: Cloud, folder: string): Promise<void> {
  try {
    await createMachine(contextOf(cloud, folder), {
      name: 'web',
      ...cloud.choice,
      engine: DEFAULT_ENGINE,
      configure: true,
      force: false,
      onFailure: 'keep',
      onInterrupt: 'keep',
    });
  } catch (error) {
    if (!isMachineError(error, 'already-exists')) throw error;
  }
}

async function removeAll(cloud: Cloud, folder: string): Promise<void> {
  const context = contextOf(cloud, folder);
  try {
    await removeMachine(context, { name: 'web', force: false });
  } catch (error) {
    if (!isMachineError(error, 'not-found')) throw error;
  }
  await collectGarbage(context, await findGarbage(context, [cloud.choice]));
}

/** Milliseconds for all moments of a create. */
const ALL_MOMENTS = 900_000;

/** A machine that one store makes, and another one lists, imports and removes. */
async function takeOver(cloud: Cloud): Promise<void> {
  await cloud.reset();
  const mine = join(base, `mine-${cloud.choice.provider}`);
  await createAgain(cloud, mine);
  const theirs = contextOf(cloud, join(base, `theirs-${cloud.choice.provider}`));
  const imported = await importFromCloud(theirs, cloud.choice);
  expect(imported).toMatchObject([{ name: 'web', done: true }]);
  const context: MachineContext = { ...theirs, clock: systemClock };
  expect(await machineStates(context, { timeout: 30_000 })).toMatchObject([{ state: 'Running' }]);
  await removeMachine(theirs, { name: 'web', force: false });
  expect(await cloud.things()).toEqual([]);
  const own: MachineContext = { ...contextOf(cloud, mine), clock: systemClock };
  expect(await machineStates(own, { timeout: 30_000 })).toMatchObject([{ state: 'Not Found' }]);
}

/**
 * Ends a create at every moment; then makes the machine again and removes it, at every third moment removes what
 * there is at once.
 */
async function endAtEveryMoment(
  cloud: Cloud,
  signal: DriverOrder['signal'],
  onInterrupt: DriverOrder['onInterrupt'],
): Promise<void> {
  const someFolder = (): string => {
    count += 1;
    return join(base, String(count));
  };
  await cloud.reset();
  const whole = await drive(cloud, { folder: someFolder() });
  expect([whole.code, whole.stdout]).toEqual([0, expect.stringMatching(/^done \d+\n$/)]);
  const complete = await cloud.things();
  const moments = Number(whole.stdout.slice('done '.length));
  expect(moments).toBeGreaterThan(20);
  for (let moment = 1; moment <= moments; moment += 1) {
    try {
      await cloud.reset();
      const folder = someFolder();
      await drive(cloud, { folder, moment, signal, onInterrupt });
      const left = kindsOf(await cloud.things());
      if (onInterrupt === 'rollback' && left.length > 0) expect(left).toEqual(kindsOf(complete));
      if (moment % 3 !== 0) {
        await createAgain(cloud, folder);
        expect(kindsOf(await cloud.things())).toEqual(kindsOf(complete));
      }
      await removeAll(cloud, folder);
      expect(await cloud.things()).toEqual([]);
      expect(await contextOf(cloud, folder).store.list()).toEqual([]);
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      throw new Error(`at moment ${moment}: ${(error as Error).message}`, { cause: error });
    }
  }
}

const kindsOf = (things: readonly string[]): string[] =>
  things.map((thing) => thing.split(' ')[0] ?? '');

const spec = digitaloceanSpec();

describe.skipIf(spec === undefined)('on DigitalOcean, a create that is ended at any moment', () => {
  let fake: FakeDigitalOcean;
  let cloud: Cloud;

  beforeAll(async () => {
    fake = await FakeDigitalOcean.start(spec ?? '');
    cloud = {
      choice: { provider: 'digitalocean', settings: settingsFrom(digitalocean) },
      env: { DIGITALOCEAN_TOKEN: FAKE_TOKEN, DIGITALOCEAN_API_URL: fake.url },
      reset: () => {
        fake.reset();
        return Promise.resolve();
      },
      things: () =>
        Promise.resolve(
          [
            ...[...fake.droplets.values()].map(({ id }) => `droplet ${id}`),
            ...[...fake.keys.values()].map(({ id }) => `key ${id}`),
            ...[...fake.firewalls.values()].map(({ id }) => `firewall ${id}`),
          ].toSorted(),
        ),
    };
  });
  afterAll(() => fake[Symbol.asyncDispose]());

  it('is apart from machines of colleagues, which are taken over by their tags', () =>
    takeOver(cloud));

  it(
    'by kill -9 leaves exactly one machine or none',
    () => endAtEveryMoment(cloud, 'SIGKILL', 'keep'),
    ALL_MOMENTS,
  );
  it(
    'by SIGINT and rolled back leaves nothing',
    () => endAtEveryMoment(cloud, 'SIGINT', 'rollback'),
    ALL_MOMENTS,
  );
});

describe('on EC2, a create that is ended at any moment', () => {
  let moto: Moto;
  let proxy: CloudProxy;
  let client: EC2Client;
  let cloud: Cloud;

  beforeAll(async () => {
    moto = await startMoto();
    proxy = await CloudProxy.start(moto.url);
    const env = {
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_ENDPOINT_URL_EC2: proxy.url,
    };
    client = new EC2Client({
      region: 'eu-central-1',
      endpoint: moto.url,
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    });
    const given = { 'amazonec2-region': 'eu-central-1' };
    cloud = {
      choice: { provider: 'amazonec2', settings: settingsFrom(amazonec2, given) },
      env,
      reset: async () => {
        proxy.reset();
        await moto.reset();
      },
      things: () => ec2Things(client),
    };
  });
  afterAll(async () => {
    client.destroy();
    await proxy[Symbol.asyncDispose]();
    await moto[Symbol.asyncDispose]();
  });

  it('is apart from machines of colleagues, which are taken over by their tags', () =>
    takeOver(cloud));
  it(
    'by kill -9 leaves exactly one machine or none',
    () => endAtEveryMoment(cloud, 'SIGKILL', 'keep'),
    ALL_MOMENTS,
  );
});
