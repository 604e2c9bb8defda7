import type { Session } from './session.ts';
import { isTrue } from './true-words.ts';

/**
 * Asks a yes-or-no question; anything but yes, also the end of the input, means no. Where no terminal
 * answers, the question is part of the output, as in Compose.
 */
export async function confirm(session: Session, question: string): Promise<boolean> {
  if (session.stdin.isTTY) session.stderr.write(`? ${question} [yN] `);
  else session.stdout.write(question);
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: session.stdin, terminal: false });
  const ended = new Promise<string>((resolve) => {
    lines.once('close', () => {
      resolve('');
    });
  });
  try {
    const answer = await Promise.race([lines.question('', { signal: session.signal }), ended]);
    return /^y(es)?$/i.test(answer.trim()) || isTrue(answer.trim());
  } catch {
    session.signal.throwIfAborted();
    return false;
  } finally {
    lines.close();
    session.stdin.pause();
  }
}
