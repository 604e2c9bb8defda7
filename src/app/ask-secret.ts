import { closeSync, openSync, writeSync } from 'node:fs';
import { ReadStream } from 'node:tty';
import { Interrupted } from './interrupts.ts';
import { CommandFailure } from './failure.ts';

const INTERRUPT = '\u0003';
const END = '\u0004';
const ERASERS = new Set(['\u007F', '\b']);

/** The terminal of this process, wherever its standard streams lead. */
const TERMINAL = '/dev/tty';

/** Whether there is somebody to ask. */
export function hasTerminal(): boolean {
  try {
    closeSync(openSync(TERMINAL, 'r+'));
    return true;
  } catch {
    return false;
  }
}

/** Asks on the terminal for a line that is not shown. @throws Interrupted on Ctrl-C, the signal's reason */
export async function askSecret(question: string, signal: AbortSignal): Promise<string> {
  return await withTerminal(question, signal, (terminal) => readHidden(terminal));
}

/** Asks on the terminal; anything but yes means no. */
export async function askYes(question: string, signal: AbortSignal): Promise<boolean> {
  const answer = await withTerminal(`${question} [yN] `, signal, (terminal, say) =>
    readHidden(terminal, say),
  );
  return /^y(es)?$/i.test(answer.trim());
}

async function withTerminal<T>(
  question: string,
  signal: AbortSignal,
  read: (terminal: ReadStream, say: (text: string) => void) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const file = openSync(TERMINAL, 'r+');
  const say = (text: string): void => void writeSync(file, text);
  const terminal = new ReadStream(file);
  // First, so that nothing of an answer is shown, however quickly it is typed.
  terminal.setRawMode(true);
  const restore = (): void => {
    if (!terminal.destroyed) terminal.setRawMode(false);
  };
  const abort = (): void => {
    restore();
    terminal.destroy(signal.reason as Error);
  };
  // Also when somebody else ends the process: a terminal that shows nothing that is typed is of no use.
  process.once('exit', restore);
  signal.addEventListener('abort', abort, { once: true });
  say(question.replaceAll('\n', '\r\n'));
  try {
    return await read(terminal, say);
  } finally {
    restore();
    process.off('exit', restore);
    signal.removeEventListener('abort', abort);
    // Its file is closed with it.
    if (!terminal.destroyed) say('\n');
    terminal.destroy();
  }
}

/** Reads a line of single keys; `echo` shows them. */
async function readHidden(terminal: ReadStream, echo?: (text: string) => void): Promise<string> {
  let line = '';
  terminal.setEncoding('utf8');
  // The terminal is needed afterwards, to be put back.
  for await (const keys of terminal.iterator({ destroyOnReturn: false })) {
    for (const key of String(keys)) {
      if (key === INTERRUPT) throw new Interrupted('SIGINT');
      if (key === '\r' || key === '\n') return line;
      if (key === END && line === '') throw new CommandFailure('the terminal was closed');
      if (ERASERS.has(key)) {
        if (line !== '') echo?.('\b \b');
        line = line.slice(0, -1);
      } else {
        line += key;
        echo?.(key);
      }
    }
  }
  throw new CommandFailure('the terminal was closed');
}
