import type { Account, Instance, MachineState } from '../../providers/provider.ts';
import type { MachineContext } from '../machine-context.ts';
import { MachineError } from '../machine-error.ts';

/** Milliseconds for a state to be reached, and between two looks. */
const STATE_TIME = 300_000;
const POLL = 2_000;

/** The instance of a machine. */
export interface WatchedInstance {
  readonly account: Account;
  /** Name of the machine. */
  readonly name: string;
  readonly id: string;
}

/** @throws MachineError `not-found` when there is none any more */
export async function describeInstance({ account, name, id }: WatchedInstance): Promise<Instance> {
  const found = await account.describe(id);
  if (found !== undefined) return found;
  throw new MachineError('not-found', `the instance ${id} of machine ${name} is gone`, {
    hint: `"machine rm ${name}" removes the machine`,
  });
}

/**
 * Waits until an instance is in a state, and has an address if it runs.
 *
 * @throws MachineError `timeout` with the state that it is in
 */
export async function untilState(
  { clock, signal }: Pick<MachineContext, 'clock' | 'signal'>,
  watched: WatchedInstance,
  wanted: MachineState,
): Promise<Instance> {
  const end = clock.now() + STATE_TIME;
  const { name } = watched;
  for (;;) {
    const instance = await describeInstance(watched);
    const complete = wanted !== 'Running' || instance.address !== undefined;
    if (instance.state === wanted && complete) return instance;
    if (clock.now() >= end) {
      const seconds = STATE_TIME / 1000;
      const what =
        instance.state === wanted
          ? `has got no address within ${seconds}s, although it is ${wanted}`
          : `is ${instance.state}, not ${wanted}, after ${seconds}s`;
      throw new MachineError('timeout', `machine ${name} ${what}`, {
        hint: `"machine status ${name}" tells when it is`,
      });
    }
    await clock.sleep(POLL, signal);
  }
}
