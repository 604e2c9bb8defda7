import { isMachineError, MachineError } from '../machine-error.ts';
import type { MachineContext } from '../machine-context.ts';
import type { RunResult, SshHost } from '../ssh/ssh-host.ts';
import { messageOf } from './accounts.ts';

/** Milliseconds between two tries: the first pause, which grows, and the longest. */
const FIRST_PAUSE = 500;
const LONGEST_PAUSE = 3_000;
/** Milliseconds between two looks whether there is still a host to wait for. */
const LOOK = 5_000;

export interface WaitForHost {
  readonly machine: string;
  readonly host: SshHost;
  /** Milliseconds. */
  readonly timeout: number;
  /**
   * Milliseconds during which a host that has just been made may refuse our key or show another host key, because
   * it is not done with its first start. 0: such a refusal is final.
   */
  readonly grace: number;
  /** Asked now and then while the host does not answer; throws when there is none any more to wait for. */
  readonly look?: () => Promise<void>;
}

/**
 * Waits until a host lets us in, telling what keeps it from that whenever this changes.
 *
 * @throws MachineError `timeout` with the last reason; `auth` and `host-key` at once when they are final; what
 *   `look` throws
 */
export async function waitForSsh(context: MachineContext, wait: WaitForHost): Promise<void> {
  const { clock, signal, onEvent } = context;
  const { host, machine, timeout, grace, look } = wait;
  const begun = clock.now();
  let looked = begun;
  let told = '';
  for (let pause = FIRST_PAUSE; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE)) {
    signal.throwIfAborted();
    try {
      await host.connect(signal);
      return;
    } catch (error) {
      signal.throwIfAborted();
      const waited = clock.now() - begun;
      if (!isTransient(error, waited < grace)) throw error;
      const reason = messageOf(error);
      if (waited >= timeout) throw timedOut(wait, reason, error);
      if (reason !== told) onEvent({ type: 'detail', machine, text: reason });
      told = reason;
      if (look !== undefined && clock.now() - looked >= LOOK) {
        await look();
        looked = clock.now();
      }
      await clock.sleep(Math.min(pause, Math.max(1, timeout - waited)), signal);
    }
  }
}

function isTransient(error: unknown, early: boolean): boolean {
  // A name that is spelt wrong does not come up.
  if (isMachineError(error) && codeOf(error.cause) === 'ENOTFOUND') return false;
  if (isMachineError(error, 'unreachable', 'timeout', 'connection-lost')) return true;
  return early && isMachineError(error, 'auth', 'host-key');
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function timedOut(
  { machine, timeout, host }: WaitForHost,
  reason: string,
  cause: unknown,
): MachineError {
  const { address, port } = host.target;
  // How long the last attempt took says nothing about all of them.
  const last = reason.replace(/ \((?:tried for|waited) [^()]*\)$/, '');
  const seconds = Math.round(timeout / 1000);
  return new MachineError(
    'timeout',
    `${machine} could not be reached over SSH (${address}:${port}) within ${seconds} s: ${last}`,
    {
      hint: 'look whether the host runs, and whether a firewall lets this computer reach its SSH port',
      host: machine,
      step: 'wait for SSH',
      cause,
    },
  );
}

/** Asks again when the connection is lost meanwhile: cloud-init may restart the host, and asking changes nothing. */
async function waitThrough(
  context: MachineContext,
  { host, machine, timeout }: Omit<WaitForHost, 'grace'>,
): Promise<RunResult> {
  const { clock, signal } = context;
  const end = clock.now() + timeout;
  for (;;) {
    const left = Math.max(1, end - clock.now());
    try {
      return await host.run(['sh', '-c', WAIT], { signal, timeout: left });
    } catch (error) {
      signal.throwIfAborted();
      if (clock.now() >= end || !isMachineError(error, 'connection-lost', 'unreachable'))
        throw error;
      await clock.sleep(LONGEST_PAUSE, signal);
      await waitForSsh(context, { machine, host, timeout: left, grace: 0 });
    }
  }
}

/** Waits in the shell of the host; absent cloud-init is fine. */
const WAIT = 'command -v cloud-init >/dev/null 2>&1 || exit 0; cloud-init status --wait --long';
/** What cloud-init says when it is done but something was not to its liking. */
const RECOVERABLE = 2;

/**
 * Waits until cloud-init is done with the first start of a host, where there is cloud-init.
 *
 * @throws MachineError `provision` with its last words when it failed
 */
export async function waitForCloudInit(
  context: MachineContext,
  { host, machine, timeout }: Omit<WaitForHost, 'grace'>,
): Promise<void> {
  const { signal, onEvent } = context;
  const { code, stdout } = await waitThrough(context, { host, machine, timeout });
  if (code === 0) return;
  const log = await host.run(['tail', '-n', '15', '/var/log/cloud-init-output.log'], {
    signal,
    timeout: 30_000,
  });
  const words = [stdout, log.stdout].map((text) => text.trim()).filter((text) => text !== '');
  if (code === RECOVERABLE) {
    const text = `cloud-init is done but complains: ${words[0] ?? ''}`;
    onEvent({ type: 'warning', machine, text });
    return;
  }
  throw new MachineError('provision', `cloud-init failed on ${machine}:\n${words.join('\n')}`, {
    hint: `"machine ssh ${machine} sudo cloud-init status --long" says more`,
    host: machine,
    step: 'wait for cloud-init',
  });
}
