import { readKeys } from '../raw-mode.ts';
import type { Session } from '../session.ts';

/**
 * Asks as docker-machine did, on standard output: whatever begins with y is a yes. Undefined: the input ended
 * before there was an answer.
 */
export async function ask(session: Session, question: string): Promise<boolean | undefined> {
  session.stdout.write(`${question} (y/n): `);
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: session.stdin, terminal: false });
  const ended = new Promise<undefined>((resolve) => {
    lines.once('close', () => resolve(undefined));
  });
  try {
    const answer = await Promise.race([lines.question('', { signal: session.signal }), ended]);
    return answer === undefined ? undefined : /^y/i.test(answer.trim());
  } catch {
    session.signal.throwIfAborted();
    return undefined;
  } finally {
    lines.close();
    session.stdin.pause();
  }
}

/** Asks for something that is not shown while it is typed; for a terminal only. Empty: nothing was given. */
export function askSecret(session: Session, question: string): Promise<string> {
  const { stdin, stderr, signal } = session;
  stderr.write(question);
  const raw = readKeys(session);
  return new Promise<string>((resolve, reject) => {
    let typed = '';
    const end = (settle: () => void): void => {
      stdin.off('data', read);
      signal.removeEventListener('abort', abort);
      stdin.pause();
      raw[Symbol.dispose]();
      stderr.write('\n');
      settle();
    };
    const abort = (): void => end(() => reject(signal.reason as Error));
    const read = (chunk: Buffer | string): void => {
      for (const key of String(chunk)) {
        if (key === '\r' || key === '\n' || key === '\u0004') {
          end(() => resolve(typed));
          return;
        }
        if (key === '\u0003') {
          session.interrupts.deliver('SIGINT');
          return;
        }
        typed = key === '\u007F' || key === '\b' ? typed.slice(0, -1) : typed + key;
      }
    };
    stdin.on('data', read);
    signal.addEventListener('abort', abort, { once: true });
    stdin.resume();
  });
}
