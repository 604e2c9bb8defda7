import { spawn } from 'node:child_process';
import { CommandFailure } from './failure.ts';
import type { Session } from './session.ts';

/**
 * Hands every key on as it is typed, Ctrl-C included, and shows output as it comes, until disposed; also
 * undone when the process ends otherwise. Nothing happens where standard input is no terminal, or where
 * NORAW is set, as for the docker command.
 */
export async function enterRawMode(session: Session): Promise<Disposable> {
  const { stdin, env } = session;
  if (!stdin.isTTY || (env['NORAW'] ?? '') !== '') return { [Symbol.dispose]: () => undefined };
  let raw = true;
  const leave = (): void => {
    if (!raw) return;
    raw = false;
    forget?.();
    setRaw(stdin, false);
  };
  const forget = session.onExit?.(leave);
  const fault = setRaw(stdin, true);
  if (fault !== undefined) {
    leave();
    throw new CommandFailure(`unable to set IO streams as raw terminal: ${fault}`);
  }
  await keepLineFeeds();
  return { [Symbol.dispose]: leave };
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
