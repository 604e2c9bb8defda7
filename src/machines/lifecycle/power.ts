import type { Account, Instance, MachineState, Power } from '../../providers/provider.ts';
import type { MachineContext } from '../machine-context.ts';
import { isMachineError, MachineError } from '../machine-error.ts';
import type { SshHost } from '../ssh/ssh-host.ts';
import type { MachineRecord } from '../store/machine-record.ts';
import type { MachineFolder } from '../store/machine-store.ts';
import { atStep, withAccount } from './accounts.ts';
import { describeInstance, untilState } from './instance-state.ts';
import { waitForSsh } from './wait-for-host.ts';
import { withHost } from './with-host.ts';

export type PowerAction = 'start' | 'stop' | 'restart' | 'kill';

/** Milliseconds for a state to be reached, and for SSH to answer then. */
const STATE_TIME = 300_000;
const SSH_TIME = 300_000;
const POLL = 2_000;
/** Milliseconds during which a host that goes down or comes up may refuse us. */
const GRACE = 30_000;
/** Milliseconds that a command on the host may take that ends it. */
const SHUTDOWN_TIME = 30_000;

/** What came of it. */
export interface PowerResult {
  readonly record: MachineRecord;
  /** Address before, when it has changed: the host key has not. */
  readonly formerAddress?: string;
}

/**
 * Starts, stops, restarts or kills a machine and waits until it is so; a machine that was started can be reached
 * over SSH, and its new address is recorded.
 *
 * @throws MachineError `wrong-state` when it is so already, or when its provider cannot
 */
export async function changePower(
  context: MachineContext,
  name: string,
  action: PowerAction,
): Promise<PowerResult> {
  const { store, signal } = context;
  return store.withMachine(name, { create: false, timeout: Infinity, signal }, async (folder) => {
    const record = await readRecord(folder);
    const provider = await context.provider(record.provider);
    if (provider.power === 'api') return new ApiPower(context, folder, record).run(action);
    if (isPossible(provider.power, action)) {
      return powerOverSsh(context, folder, { record, action });
    }
    const hint = powerHint(provider.power, action, name);
    throw new MachineError(
      'wrong-state',
      `${record.provider} driver does not support ${action}`,
      hint === undefined ? {} : { hint },
    );
  });
}

function isPossible(power: Power, action: PowerAction): boolean {
  return power === 'ssh' ? action !== 'start' : power === 'restart' && action === 'restart';
}

function powerHint(power: Power, action: PowerAction, name: string): string | undefined {
  if (power === 'none') return undefined;
  return action === 'start'
    ? 'a host that is off cannot be reached over SSH: switch it on where it stands'
    : `nothing here could start it again; "machine ssh ${name} sudo poweroff" switches it off`;
}

/** The record of a machine, without which there is nothing to switch. */
async function readRecord(folder: MachineFolder): Promise<MachineRecord> {
  const record = await folder.read();
  if (record === undefined) {
    throw new MachineError('store', `machine ${folder.name} has no record`, {
      hint: `"machine rm --force ${folder.name}" removes it`,
    });
  }
  return record;
}

/** Power by calls to the account. */
class ApiPower {
  readonly #context: MachineContext;
  readonly #folder: MachineFolder;
  readonly #record: MachineRecord;

  constructor(context: MachineContext, folder: MachineFolder, record: MachineRecord) {
    this.#context = context;
    this.#folder = folder;
    this.#record = record;
  }

  async run(action: PowerAction): Promise<PowerResult> {
    const { name, instanceId } = this.#record;
    if (instanceId === undefined) {
      throw new MachineError('wrong-state', `machine ${name} is not finished`, {
        hint: `"machine create" with the same flags continues, "machine rm ${name}" removes it`,
      });
    }
    try {
      return await withAccount(this.#context, this.#record, (account) =>
        this.#act(account, instanceId, action),
      );
    } catch (error) {
      this.#context.signal.throwIfAborted();
      throw atStep(error, action);
    }
  }

  async #act(account: Account, id: string, action: PowerAction): Promise<PowerResult> {
    const { name } = this.#record;
    const watched = { account, name, id };
    const { state } = await describeInstance(watched);
    if (action === 'stop' || action === 'kill') {
      if (state === 'Stopped') throw alreadyIs(name, 'Stopped');
      this.#tell(action === 'stop' ? 'Stop' : 'Kill');
      await account.stop(id, { force: action === 'kill' });
      await untilState(this.#context, watched, 'Stopped');
      return { record: this.#record };
    }
    if (action === 'start' && state === 'Running') throw alreadyIs(name, 'Running');
    const reboot = action === 'restart' && state !== 'Stopped';
    const before = reboot ? await this.#bootId() : undefined;
    this.#tell(action === 'start' ? 'Start' : 'Restart');
    if (reboot) await account.restart(id);
    else await account.start(id);
    const instance = await untilState(this.#context, watched, 'Running');
    const result = await this.#saveAddress(instance);
    await waitForBoot(this.#context, this.#folder, { record: result.record, before });
    return result;
  }

  async #saveAddress({ address }: Instance): Promise<PowerResult> {
    const former = this.#record.address;
    if (address === undefined || address === former) return { record: this.#record };
    const record = { ...this.#record, address };
    await this.#folder.write(record);
    return { record, ...(former === undefined ? {} : { formerAddress: former }) };
  }

  /** What changes with each boot, as the host tells it; undefined when it cannot be asked. */
  async #bootId(): Promise<string | undefined> {
    const { signal } = this.#context;
    const machine = { record: this.#record, path: this.#folder.path };
    try {
      return await withHost(this.#context, machine, (host) => bootId(host, signal));
    } catch {
      signal.throwIfAborted();
      return undefined;
    }
  }

  #tell(text: string): void {
    this.#context.onEvent({ type: 'step', machine: this.#record.name, text });
  }
}

/** The failure for a machine that is already as it was to become, in the words of docker-machine. */
export function alreadyIs(name: string, state: MachineState): MachineError {
  return new MachineError(
    'wrong-state',
    `Machine ${JSON.stringify(name)} is already ${state.toLowerCase()}.`,
  );
}

/**
 * What changes with each boot: the kernel's own id, and when the first process began, which is all that changes where
 * the kernel goes on (containers).
 */
async function bootId(host: SshHost, signal: AbortSignal): Promise<string> {
  const argv = ['cat', '/proc/sys/kernel/random/boot_id', '/proc/1/stat'];
  const { stdout } = await host.run(argv, { signal, timeout: SHUTDOWN_TIME });
  const [id = '', stat = ''] = stdout.trim().split('\n');
  // Field 22 of proc(5); the name of the program before may have blanks.
  const began = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  return id === '' ? '' : `${id} ${began}`;
}

/** Waits until SSH answers, from another boot than before where that is known. */
async function waitForBoot(
  context: MachineContext,
  folder: MachineFolder,
  { record, before }: { readonly record: MachineRecord; readonly before: string | undefined },
): Promise<void> {
  const { clock, signal } = context;
  const end = clock.now() + SSH_TIME;
  const graceEnd = clock.now() + GRACE;
  for (;;) {
    try {
      const booted = await withHost(context, { record, path: folder.path }, async (host) => {
        const timeout = Math.max(1, end - clock.now());
        const grace = Math.max(0, graceEnd - clock.now());
        await waitForSsh(context, { machine: record.name, host, timeout, grace });
        return before === undefined || before === '' || (await bootId(host, signal)) !== before;
      });
      if (booted) return;
    } catch (error) {
      signal.throwIfAborted();
      if (clock.now() >= end || !isBooting(error, clock.now() < graceEnd)) throw error;
    }
    if (clock.now() >= end) {
      throw new MachineError('timeout', `machine ${record.name} has not begun to restart`, {
        hint: `"machine ssh ${record.name} uptime" tells since when it runs`,
        step: 'restart',
      });
    }
    await clock.sleep(POLL, signal);
  }
}

/** Failures of a host that goes down or comes up; for a while, it may also let in nobody but root (pam_nologin). */
function isBooting(error: unknown, early: boolean): boolean {
  if (isMachineError(error, 'connection-lost', 'unreachable', 'timeout')) return true;
  return early && isMachineError(error, 'auth');
}

/** Power of hosts that exist already, by a command on them. */
async function powerOverSsh(
  context: MachineContext,
  folder: MachineFolder,
  { record, action }: { readonly record: MachineRecord; readonly action: PowerAction },
): Promise<PowerResult> {
  const { signal, clock } = context;
  const { name } = record;
  let before: string | undefined;
  try {
    await withHost(context, { record, path: folder.path }, async (host) => {
      const id = await bootId(host, signal);
      const words = { stop: ['-h', 'now'], kill: ['-h', 'now'], restart: ['-r', 'now'], start: [] };
      const sudo = record.ssh.user === 'root' ? [] : ['sudo', '-n'];
      const argv = [...sudo, 'shutdown', ...words[action]];
      const { code, stderr } = await host.run(argv, { signal, timeout: SHUTDOWN_TIME });
      // A connection that ends with the host has no exit code.
      if (code !== 0 && code < 128) {
        throw new MachineError('command', `${argv.join(' ')} failed on ${name}: ${stderr.trim()}`, {
          step: action,
          host: name,
        });
      }
      before = id;
    });
  } catch (error) {
    if (!isMachineError(error, 'connection-lost')) throw error;
  }
  if (action === 'restart') await waitForBoot(context, folder, { record, before });
  else await waitUntilSilent(context, folder, { record, end: clock.now() + STATE_TIME });
  return { record };
}

async function waitUntilSilent(
  context: MachineContext,
  folder: MachineFolder,
  { record, end }: { readonly record: MachineRecord; readonly end: number },
): Promise<void> {
  const { clock, signal } = context;
  while (clock.now() < end) {
    try {
      await withHost(context, { record, path: folder.path }, (host) => host.connect(signal));
    } catch (error) {
      signal.throwIfAborted();
      if (isMachineError(error, 'unreachable', 'timeout', 'connection-lost')) return;
      throw error;
    }
    await clock.sleep(POLL, signal);
  }
  throw new MachineError(
    'timeout',
    `machine ${record.name} still answers after ${STATE_TIME / 1000}s`,
  );
}
