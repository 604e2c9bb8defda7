/** Creates and removals in a process of their own, which ends at a moment that a test names: see create-driver.ts. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { run, type Finished } from './command.ts';
import type { DriverOrder } from './create-driver.ts';

const driver = join(import.meta.dirname, 'create-driver.ts');

type Order = Partial<DriverOrder> & Pick<DriverOrder, 'folder'>;

/** Runs one; unless the order says otherwise, a create of machine `web` that is not disturbed. */
export function drive(
  order: Order,
  env: Readonly<Record<string, string | undefined>> = {},
): Promise<Finished> {
  const whole: DriverOrder = {
    name: 'web',
    command: 'create',
    moment: 0,
    signal: 'SIGKILL',
    onInterrupt: 'keep',
    ...order,
  };
  const options = { env: { ...process.env, ...env }, timeout: 60_000 };
  return run(process.execPath, [driver, JSON.stringify(whole)], options);
}

/** How many moments an undisturbed run has. */
export async function momentsOf(
  order: Order,
  env?: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const { code, stdout } = await drive(order, env);
  expect([code, stdout]).toEqual([0, expect.stringMatching(/^done \d+\n$/)]);
  return Number(stdout.slice('done '.length));
}
