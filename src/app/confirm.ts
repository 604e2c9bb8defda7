import type { Session } from './session.ts';

/** Asks a yes-or-no question; anything but yes, also the end of the input, means no. */
export function confirm(session: Session, question: string): Promise<boolean> {
  return confirmAll(session, [question]);
}

/** Asks one question after the other, until one is not answered by yes. */
export async function confirmAll(session: Session, questions: readonly string[]): Promise<boolean> {
  const { createInterface } = await import('node:readline');
  // One reader for all: what was typed ahead, or comes through a pipe, is not lost between questions.
  const lines = createInterface({ input: session.stdin, terminal: false });
  const answers = lines[Symbol.asyncIterator]();
  const close = (): void => lines.close();
  session.signal.addEventListener('abort', close, { once: true });
  try {
    for (const question of questions) {
      session.stderr.write(`${question} [yN] `);
      const { value, done } = await answers.next();
      session.signal.throwIfAborted();
      if (done === true || !/^y(es)?$/i.test(value.trim())) return false;
    }
    return true;
  } finally {
    session.signal.removeEventListener('abort', close);
    lines.close();
    session.stdin.pause();
  }
}
