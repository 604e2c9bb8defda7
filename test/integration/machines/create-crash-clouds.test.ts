import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ProviderChoice } from '../../../src/machines/lifecycle/accounts.ts';
import { createMachine } from '../../../src/machines/lifecycle/create.ts';
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
import {
  type CloudAccount,
  kindsOf,
  startDigitalOceanAccount,
  startEc2Account,
} from '../../support/cloud-account.ts';
import type { DriverOrder } from '../../support/create-driver.ts';
import { digitaloceanSpec } from '../../support/digitalocean-spec.ts';
import { drive, momentsOf } from '../../support/drive-create.ts';
import { machineRequest, testFolders } from '../../support/lifecycle-bench.ts';
import { testContext } from '../../support/machine-context.ts';
import { settingsFrom } from '../../support/provider-bench.ts';

const { base, some: someFolder } = testFolders();

/** An emulated account, and what makes machines in it. */
interface Cloud {
  readonly choice: ProviderChoice;
  readonly account: CloudAccount;
}

function contextOf({ account }: Cloud, folder: string): MachineContext {
  return testContext({ folder, env: account.env, providers: PROVIDERS });
}

async function createAgain(cloud: Cloud, folder: string): Promise<void> {
  try {
    await createMachine(contextOf(cloud, folder), machineRequest(cloud.choice));
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
  await cloud.account.reset();
  const mine = join(base, `mine-${cloud.choice.provider}`);
  await createAgain(cloud, mine);
  const theirs = contextOf(cloud, join(base, `theirs-${cloud.choice.provider}`));
  const imported = await importFromCloud(theirs, cloud.choice);
  expect(imported).toMatchObject([{ name: 'web', done: true }]);
  const context: MachineContext = { ...theirs, clock: systemClock };
  expect(await machineStates(context, { timeout: 30_000 })).toMatchObject([{ state: 'Running' }]);
  await removeMachine(theirs, { name: 'web', force: false });
  expect(await cloud.account.things()).toEqual([]);
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
  const { account, choice } = cloud;
  await account.reset();
  const moments = await momentsOf({ folder: someFolder(), choice }, account.env);
  const complete = await account.things();
  expect(moments).toBeGreaterThan(20);
  for (let moment = 1; moment <= moments; moment += 1) {
    try {
      await account.reset();
      const folder = someFolder();
      await drive({ folder, choice, moment, signal, onInterrupt }, account.env);
      const left = kindsOf(await account.things());
      if (onInterrupt === 'rollback' && left.length > 0) expect(left).toEqual(kindsOf(complete));
      if (moment % 3 !== 0) {
        await createAgain(cloud, folder);
        expect(kindsOf(await account.things())).toEqual(kindsOf(complete));
      }
      await removeAll(cloud, folder);
      expect(await account.things()).toEqual([]);
      expect(await contextOf(cloud, folder).store.list()).toEqual([]);
      rmSync(folder, { recursive: true, force: true });
    } catch (error) {
      throw new Error(`at moment ${moment}: ${(error as Error).message}`, { cause: error });
    }
  }
}

const spec = digitaloceanSpec();

describe.skipIf(spec === undefined)('on DigitalOcean, a create that is ended at any moment', () => {
  let cloud: Cloud;

  beforeAll(async () => {
    const choice = { provider: 'digitalocean', settings: settingsFrom(digitalocean) };
    cloud = { choice, account: await startDigitalOceanAccount(spec ?? '') };
  });
  afterAll(() => cloud.account[Symbol.asyncDispose]());

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
  let cloud: Cloud;

  beforeAll(async () => {
    const region = 'eu-central-1';
    const settings = settingsFrom(amazonec2, { 'amazonec2-region': region });
    cloud = {
      choice: { provider: 'amazonec2', settings },
      account: await startEc2Account(region),
    };
  });
  afterAll(() => cloud.account[Symbol.asyncDispose]());

  it('is apart from machines of colleagues, which are taken over by their tags', () =>
    takeOver(cloud));
  it(
    'by kill -9 leaves exactly one machine or none',
    () => endAtEveryMoment(cloud, 'SIGKILL', 'keep'),
    ALL_MOMENTS,
  );
});
