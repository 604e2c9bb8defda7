import type { Account, Instance, MachineState, Provider } from '../../providers/provider.ts';
import { machineTags } from '../../providers/machine-tags.ts';
import type { MachineContext } from '../machine-context.ts';
import { isMachineError } from '../machine-error.ts';
import type { SshHost } from '../ssh/ssh-host.ts';
import type { MachineRecord } from '../store/machine-record.ts';
import type { StoredMachine } from '../store/machine-store.ts';
import { accountKey, connectAccount, messageOf } from './accounts.ts';

/** A machine and how its provider says it is. */
export interface MachineStatus {
  readonly name: string;
  /** Absent: its record cannot be read, `error` says why. */
  readonly record?: MachineRecord;
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly state: MachineState;
  /** As the provider says now, else the last known one. */
  readonly address?: string;
  readonly instance?: Instance;
  /** Why the state is not known, in one sentence. */
  readonly error?: string;
}

export interface StatesRequest {
  /** Absent: all machines. Unknown names throw `not-found`. */
  readonly names?: readonly string[];
  /** Milliseconds for each machine; then its state is `Timeout`. */
  readonly timeout: number;
}

/**
 * The states of machines, with one call for all machines of an account and region, all accounts at once. Never
 * fails because of one machine or account: without credentials, the error says so.
 */
export async function machineStates(
  context: MachineContext,
  { names, timeout }: StatesRequest,
): Promise<readonly MachineStatus[]> {
  const stored =
    names === undefined
      ? await context.store.list()
      : await Promise.all(names.map((name) => context.store.get(name)));
  const groups = new Map<string, { provider: Provider; records: MachineRecord[] }>();
  const statuses = new Map<string, MachineStatus>();
  for (const machine of stored) {
    if ('fault' in machine) {
      const { name, path, fault } = machine;
      statuses.set(name, { name, folder: path, state: 'Error', error: fault });
      continue;
    }
    const { record } = machine;
    try {
      const provider = await context.provider(record.provider);
      const key = provider.makesInstances ? accountKey(provider, record.settings) : machine.name;
      const group = groups.get(key) ?? { provider, records: [] };
      group.records.push(record);
      groups.set(key, group);
    } catch (error) {
      statuses.set(machine.name, withState(machine, { error: messageOf(error) }));
    }
  }
  const foundByName = new Map<string, Found>();
  await Promise.all(
    [...groups.values()].map(({ provider, records }) =>
      findInTime(context, { provider, records, timeout, foundByName }),
    ),
  );
  return stored.map((machine) => {
    const known = statuses.get(machine.name);
    if (known !== undefined || 'fault' in machine) return known ?? withState(machine, {});
    return withState(machine, foundByName.get(machine.name) ?? { timedOut: true });
  });
}

/** What was found out about one machine. */
interface Found {
  readonly instance?: Instance;
  readonly error?: string;
  readonly timedOut?: true;
}

function withState(machine: StoredMachine, found: Found): MachineStatus {
  const record = 'record' in machine ? machine.record : undefined;
  const address = found.instance?.address ?? record?.address;
  return {
    name: machine.name,
    folder: machine.path,
    ...(record === undefined ? {} : { record }),
    state: stateOf(found, record),
    ...(address === undefined ? {} : { address }),
    ...(found.instance === undefined ? {} : { instance: found.instance }),
    ...(found.error === undefined ? {} : { error: found.error }),
  };
}

function stateOf(
  { instance, error, timedOut }: Found,
  record: MachineRecord | undefined,
): MachineState {
  if (timedOut === true) return 'Timeout';
  if (error !== undefined) return 'Error';
  if (instance !== undefined) return instance.state;
  return record?.phase === 'creating' ? 'Starting' : 'Not Found';
}

interface Group {
  readonly provider: Provider;
  readonly records: readonly MachineRecord[];
  readonly timeout: number;
  /** What is known when the time is over counts. */
  readonly foundByName: Map<string, Found>;
}

/** Asks the account of a group as long as the time lasts; what is missing then is a timeout. */
async function findInTime(context: MachineContext, group: Group): Promise<void> {
  const over = new AbortController();
  const signal = AbortSignal.any([context.signal, over.signal]);
  const timer = context.clock.sleep(group.timeout, signal).catch(() => undefined);
  try {
    await Promise.race([find(context, group, signal), timer]);
  } finally {
    over.abort(new Error('the time is over'));
  }
  context.signal.throwIfAborted();
}

async function find(context: MachineContext, group: Group, signal: AbortSignal): Promise<void> {
  const { provider, records, foundByName } = group;
  const [first] = records;
  if (first === undefined) return;
  if (provider.power === 'ssh') {
    foundByName.set(first.name, await probe(context, first, signal));
    return;
  }
  const fail = (names: readonly MachineRecord[], error: unknown): void => {
    if (signal.aborted) return;
    for (const { name } of names) foundByName.set(name, { error: messageOf(error) });
  };
  try {
    const account = await connectAccount(context, first, signal);
    try {
      const listed = provider.makesInstances
        ? await account.list(machineTags(await context.store.id()))
        : [];
      await Promise.all(
        records.map(async (record) => {
          try {
            const found = await findOne(account, record, { provider, listed });
            if (!signal.aborted) foundByName.set(record.name, found);
          } catch (error) {
            fail([record], error);
          }
        }),
      );
    } finally {
      account.close();
    }
  } catch (error) {
    fail(records, error);
  }
}

/** One machine in what its account lists; machines of others, which have tags of others, are asked for by their id. */
async function findOne(
  account: Account,
  { instanceId, taggedBy }: MachineRecord,
  { provider, listed }: { readonly provider: Provider; readonly listed: readonly Instance[] },
): Promise<Found> {
  const known = listed.find(({ id }) => id === instanceId);
  if (known !== undefined) return { instance: known };
  const wasListed = provider.makesInstances && taggedBy === undefined;
  if (instanceId === undefined || wasListed) return {};
  const instance = await account.describe(instanceId);
  return instance === undefined ? {} : { instance };
}

/** A server that is there already runs when its SSH port answers, whether it lets us in or not. */
async function probe(
  context: MachineContext,
  record: MachineRecord,
  signal: AbortSignal,
): Promise<Found> {
  const { name, address, instanceId: id = '' } = record;
  const at = address === undefined ? {} : { address };
  const running = { id, name, state: 'Running', ...at, tags: {} } as const;
  let host: SshHost | undefined;
  try {
    const { path } = await context.store.get(name);
    host = context.openHost(record, path);
    await host.connect(signal);
    return { instance: running };
  } catch (error) {
    if (isMachineError(error, 'auth', 'host-key')) return { instance: running };
    if (isMachineError(error, 'unreachable', 'timeout', 'connection-lost')) {
      return { instance: { ...running, state: 'Stopped' } };
    }
    return { error: messageOf(error) };
  } finally {
    host?.close();
  }
}
