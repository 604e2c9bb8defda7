import type { Session } from './session.ts';

/** Asks a yes-or-no question; anything but yes, also the end of the input, means no. */
export async function confirm(session: Session, question: string): Promise<boolean> {
  session.stderr.write(`${question} [yN] `);
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: session.stdin, terminal: false });
  const ended = new Promise<string>((resolve) => {
    lines.once('close', () => {
      resolve('');
    });
  });
  try {
    const answer = await Promise.race([lines.question('', { signal: session.signal }), ended]);
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    session.signal.throwIfAborted();
    return false;
  } finally {
    lines.close();
    session.stdin.pause();
  }
}
