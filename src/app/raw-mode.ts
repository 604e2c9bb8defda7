import { spawn } from 'node:child_process';
import { CommandFailure } from './failure.ts';
import type { Session } from './session.ts';

/** Signals that would end the process at once and leave the terminal as it is. */
const DEADLY: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGQUIT'];

/**
 * Hands every key on as it is typed, Ctrl-C included, and shows output as it comes, until disposed; also
 * undone when the process ends otherwise. A terminal that is closed counts as an interrupt. Nothing happens
 * where standard input is no terminal, or where NORAW is set, as for the docker command.
 *
 * @param keepOutput makes the terminal show output as it comes
 */
export async function enterRawMode(
  session: Session,
  keepOutput: () => Promise<void> = keepLineFeeds,
): Promise<Disposable> {
  const { stdin, env } = session;
  if (!stdin.isTTY || (env['NORAW'] ?? '') !== '') return { [Symbol.dispose]: () => undefined };
  const raw = readKeys(session);
  await keepOutput();
  return raw;
}

/** As {@link enterRawMode}, but line feeds of output go on beginning lines; for a terminal only. */
export function readKeys(session: Session): Disposable {
  const { stdin } = session;
  const fault = setRaw(stdin, true);
  if (fault !== undefined) {
    throw new CommandFailure(`unable to set IO streams as raw terminal: ${fault}`);
  }
  const loss = interruptOnLoss(session);
  const leave = (): void => {
    forget?.();
    loss[Symbol.dispose]();
    setRaw(stdin, false);
  };
  const forget = session.onExit?.(leave);
  return { [Symbol.dispose]: leave };
}

/** No key ends the input of a terminal in raw mode: when it ends, the terminal is gone. */
function interruptOnLoss({ stdin, interrupts, onSignals }: Session): Disposable {
  let lost = false;
  const interrupt = (signalName: string): void => {
    if (lost) return;
    lost = true;
    interrupts.deliver(signalName);
  };
  const hangUp = (): void => interrupt('SIGHUP');
  stdin.once('end', hangUp);
  stdin.once('error', hangUp);
  const signals = onSignals?.(DEADLY, interrupt);
  return {
    [Symbol.dispose]: () => {
      stdin.off('end', hangUp);
      stdin.off('error', hangUp);
      signals?.[Symbol.dispose]();
    },
  };
}

/** The mode that counts is what the terminal had before: Node brings exactly that back. */
function setRaw(stdin: NodeJS.ReadStream, raw: boolean): string | undefined {
  try {
    stdin.setRawMode(raw);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Node's raw mode still turns line feeds into line breaks, which spoils what full-screen programs draw.
 * Without `stty` it stays so.
 */
async function keepLineFeeds(): Promise<void> {
  await new Promise<void>((resolve) => {
    const stty = spawn('stty', ['-opost'], { stdio: ['inherit', 'ignore', 'ignore'] });
    stty.once('error', () => resolve());
    stty.once('close', () => resolve());
  });
}
