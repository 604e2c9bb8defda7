import { mapLimited } from '../../foundation/pool.ts';
import { MachineError } from '../machine-error.ts';
import { checkMachineName } from '../store/machine-names.ts';

/** Machines that are worked on at a time, unless said otherwise. */
export const PARALLEL_MACHINES = 8;

/** What came of one of several machines. */
export type Outcome<T> =
  | { readonly name: string; readonly ok: true; readonly value: T }
  | { readonly name: string; readonly ok: false; readonly error: unknown };

/**
 * Does the same to several machines, some at a time; all are tried, whatever happens to others. After an interrupt
 * no further one is begun.
 */
export function eachMachine<T>(
  names: readonly string[],
  { limit = PARALLEL_MACHINES, signal }: { readonly limit?: number; readonly signal: AbortSignal },
  work: (name: string) => Promise<T>,
): Promise<readonly Outcome<T>[]> {
  return mapLimited(names, limit, async (name): Promise<Outcome<T>> => {
    try {
      signal.throwIfAborted();
      return { name, ok: true, value: await work(name) };
    } catch (error) {
      return { name, ok: false, error };
    }
  });
}

/**
 * Names of the machines that `create` is to make: those given, or with a count, numbers behind the one name:
 * `web-1`, `web-2`.
 *
 * @throws MachineError `invalid`
 */
export function machineNames(
  given: readonly string[],
  count: number | undefined,
): readonly string[] {
  const twice = given.find((name, index) => given.indexOf(name) !== index);
  if (twice !== undefined) throw new MachineError('invalid', `${twice} is named twice`);
  if (count === undefined) {
    for (const name of given) checkMachineName(name);
    return given;
  }
  const [name, ...more] = given;
  if (!Number.isInteger(count) || count < 1 || count > 1000) {
    throw new MachineError('invalid', `--count must be a number from 1 to 1000, not ${count}`);
  }
  if (name === undefined || more.length > 0) {
    throw new MachineError('invalid', '--count needs exactly one name, to which numbers are added');
  }
  const names = Array.from({ length: count }, (_, index) => `${name}-${index + 1}`);
  for (const each of names) checkMachineName(each);
  return names;
}
