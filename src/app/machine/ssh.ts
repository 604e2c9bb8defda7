import { isMachineError, type MachineError } from '../../machines/machine-error.ts';
import type { MachineContext } from '../../machines/machine-context.ts';
import type { ShellOptions, SshHost } from '../../machines/ssh/ssh-host.ts';
import { CommandFailure } from '../failure.ts';
import { enterRawMode } from '../raw-mode.ts';
import type { Session } from '../session.ts';
import { terminalSize } from '../terminal-size.ts';
import { withMachines } from './context.ts';
import { runLocalProgram } from './local-program.ts';
import type { MachineOptions } from './options.ts';
import { movedMachine } from './running.ts';
import { sshHost, sshOptions } from './ssh-arguments.ts';
import { splitSshWords } from './ssh-words.ts';
import { oneMachine, type KnownMachine } from './target.ts';

/**
 * `machine ssh`: a shell on a machine, or a command with this process's streams; gives its exit code. The account
 * is asked only when the machine cannot be reached: for an address that has changed, or a machine that is stopped.
 */
export function sshMachine(
  session: Session,
  options: MachineOptions,
  [name, ...words]: readonly string[],
): Promise<number> {
  return withMachines(session, options, { title: 'ssh', quiet: true }, async (context) => {
    const machine = await oneMachine(context.store, name === undefined ? [] : [name]);
    refuseWithoutSsh(machine);
    const { known, options: given, tty, command } = splitSshWords(words);
    if (!known) return runOpenSsh(session, machine, [...given, ...command]);
    const host = await reach(context, machine);
    const terminal = session.stdin.isTTY && (tty ?? command.length === 0);
    return runShell(session, host, { words: command, tty: terminal });
  });
}

/** @throws CommandFailure for a machine of which only a URL is known */
export function refuseWithoutSsh({ name, record }: KnownMachine): void {
  if (record.provider !== 'none') return;
  throw new CommandFailure(
    `Error: Cannot run SSH command: only the URL of ${JSON.stringify(name)} is known`,
    'create it with -d generic to have SSH',
  );
}

/**
 * A connected host. When the last known address does not answer, the provider is asked for the one it has now.
 *
 * @throws CommandFailure in the words of docker-machine for a machine that does not run
 */
export async function reach(context: MachineContext, machine: KnownMachine): Promise<SshHost> {
  const { name, record, path } = machine;
  const host = context.openHost(record, path);
  try {
    await host.connect(context.signal);
    return host;
  } catch (error) {
    if (!isMachineError(error, 'unreachable', 'timeout', 'host-key')) throw error;
    const { message: notRunning } = new CommandFailure(
      `Error: Cannot run SSH command: Host ${JSON.stringify(name)} is not running`,
    );
    const provider = await context.provider(record.provider);
    if (!provider.makesInstances) {
      if (error.kind === 'host-key') throw error;
      throw new CommandFailure(notRunning, error.message);
    }
    let moved: KnownMachine | undefined;
    try {
      moved = await movedMachine(context, machine, error);
    } catch (why) {
      if (why instanceof CommandFailure) throw new CommandFailure(notRunning, why.hint);
      throw why;
    }
    if (moved === undefined) throw error.kind === 'host-key' ? error : withAddressHint(error, name);
    const again = context.openHost(moved.record, path);
    await again.connect(context.signal);
    return again;
  }
}

/** The machine is where it was: this computer may have moved, and the firewall knows where it was. */
function withAddressHint(error: MachineError, name: string): CommandFailure {
  const again = `if this computer has another address than before, let that in: machine authorize --address ${name}`;
  return new CommandFailure(
    error.message,
    error.hint === undefined ? again : `${error.hint}\n        ${again}`,
  );
}

async function runShell(
  session: Session,
  host: SshHost,
  { words, tty }: Pick<ShellOptions, 'words' | 'tty'>,
): Promise<number> {
  using _raw = tty ? await enterRawMode(session) : undefined;
  return await host.shell({
    words,
    tty,
    stdin: session.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    signal: session.signal,
    size: () => terminalSize(session) ?? { columns: 80, rows: 24 },
    onResize: (listener) => {
      session.stdout.on?.('resize', listener);
      return () => session.stdout.off?.('resize', listener);
    },
  });
}

/** Options of ssh that only ssh itself knows, such as `-L`. */
function runOpenSsh(
  session: Session,
  machine: KnownMachine,
  words: readonly string[],
): Promise<number> {
  return runLocalProgram(
    session,
    ['ssh', ...sshOptions(machine), sshHost(machine), ...words],
    'You must have a copy of the ssh binary locally to use options of ssh',
  );
}
