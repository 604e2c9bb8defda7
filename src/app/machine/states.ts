import { machineStates, type MachineStatus as Known } from '../../machines/lifecycle/states.ts';
import { isMachineError } from '../../machines/machine-error.ts';
import type { MachineContext } from '../../machines/machine-context.ts';
import type { SshHost } from '../../machines/ssh/ssh-host.ts';
import type { MachineState } from '../../providers/provider.ts';
import { answers } from './answers.ts';
import type { HostOf } from './hosts.ts';
import type { KnownMachine } from './target.ts';

/** What can be told of a machine without its engine. */
export interface MachineStatus {
  readonly state: MachineState;
  /** As the provider gives it now; for others, as the record has it. */
  readonly address?: string;
  /** Why the state is not known, or the machine cannot be used, in one sentence. */
  readonly fault?: string;
}

/** Tells the state of one of the machines that were named in advance. */
export type StateOf = (machine: KnownMachine, signal: AbortSignal) => Promise<MachineStatus>;

/**
 * Asks for the states of machines, all of an account and region with one call, which begins when the first of them
 * is asked for. Machines that are no instances are asked by SSH; `none` always runs, as with docker-machine.
 */
export function statesOf(
  context: MachineContext,
  hostOf: HostOf,
  request: { readonly names: readonly string[]; readonly timeout: number },
): StateOf {
  let asked: Promise<readonly Known[]> | undefined;
  return async (machine, signal) => {
    const { name, record } = machine;
    const address = record.address === undefined ? {} : { address: record.address };
    if (record.provider === 'none') return { state: 'Running', ...address };
    const provider = await context.provider(record.provider);
    if (!provider.makesInstances) {
      return { ...(await probe(hostOf(machine), signal)), ...address };
    }
    asked ??= machineStates(context, request);
    const found = (await asked).find((each) => each.name === name);
    if (found === undefined) return { state: 'Not Found', ...address };
    return {
      state: found.state,
      ...(found.address === undefined ? {} : { address: found.address }),
      ...(found.error === undefined ? {} : { fault: found.error }),
    };
  };
}

/** A host that lets nobody in runs nevertheless. */
async function probe(host: SshHost, signal: AbortSignal): Promise<Omit<MachineStatus, 'address'>> {
  const { jumps, proxyCommand } = host.target;
  const direct = jumps.length === 0 && proxyCommand === undefined;
  if (direct && !(await answers(host.target, signal))) return { state: 'Stopped' };
  try {
    await host.connect(signal);
    return { state: 'Running' };
  } catch (error) {
    if (isMachineError(error, 'unreachable', 'timeout')) return { state: 'Stopped' };
    if (isMachineError(error)) return { state: 'Running', fault: error.message };
    throw error;
  }
}
