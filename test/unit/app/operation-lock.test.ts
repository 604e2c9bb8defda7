import { describe, expect, it } from 'vitest';
import type { GlobalOptions } from '../../../src/app/global-options.ts';
import { OperationLock } from '../../../src/app/operation-lock.ts';
import type { Session } from '../../../src/app/session.ts';
import type { Action, Plan } from '../../../src/scheduler/plan.ts';

/** A lock of one more run, which does not wait for others. */
function operationLock(): OperationLock {
  const session: Partial<Session> = {
    env: {},
    programName: 'tcompose',
    signal: new AbortController().signal,
  };
  const global: Partial<GlobalOptions> = { lock: true, lockTimeout: '0' };
  return new OperationLock(
    { session: session as Session, global: global as GlobalOptions, tell: () => undefined },
    'run',
  );
}

function planOf(...actions: readonly Action[]): Plan {
  const steps = actions.map((action, index) => ({
    id: index + 1,
    host: 'local',
    resource: 'x',
    cause: 'y',
    after: [],
    action,
  }));
  return { steps, warnings: [] };
}

const network: Action = { kind: 'create-network', network: 'default', name: 'p_default' };
const wait: Action = {
  kind: 'wait-condition',
  service: 'db',
  containers: [],
  condition: 'healthy',
  required: true,
};
const replica: Action = {
  kind: 'create-container',
  service: 'web',
  number: 1,
  name: 'p-web-1',
  peers: {},
};
const oneOff: Action = {
  ...replica,
  number: 0,
  oneOff: { slug: 'abc', autoRemove: true, attachInput: true, useAliases: false },
};

describe('the project lock of a run', () => {
  it.each<[string, Plan, number]>([
    ['after the last change', planOf(network, replica, wait), 2],
    ['before the one-off, which may wait long for health', planOf(network, wait, oneOff), 1],
  ])('is given back %s', async (what, plan, last) => {
    const engine = `unix:///${what.replaceAll(' ', '-')}-${process.pid}`;
    const mine = operationLock();
    const other = operationLock();
    await mine.take(engine, 'p');
    const done = mine.releaseAfter(plan);
    for (const step of plan.steps) {
      if (step.id <= last) await expect(other.take(engine, 'p')).rejects.toThrow('tcompose run');
      else await expect(other.take(engine, 'p')).resolves.toBeUndefined();
      done(step);
    }
    other.release();
  });

  it('is given back at once when nothing but a one-off is made', async () => {
    const engine = `unix:///at-once-${process.pid}`;
    const mine = operationLock();
    const other = operationLock();
    await mine.take(engine, 'p');
    mine.releaseAfter(planOf(oneOff));
    await expect(other.take(engine, 'p')).resolves.toBeUndefined();
    other.release();
  });
});
