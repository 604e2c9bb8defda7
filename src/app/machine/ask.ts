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
    if (answer !== undefined) return /^y/i.test(answer.trim());
    // What is said about it begins a line.
    session.stdout.write('\n');
    return undefined;
  } catch {
    session.signal.throwIfAborted();
    return undefined;
  } finally {
    lines.close();
    session.stdin.pause();
  }
}
