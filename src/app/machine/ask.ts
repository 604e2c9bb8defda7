import type { Session } from '../session.ts';

/**
 * Asks as docker-machine did, on standard output: whatever begins with y is a yes. Undefined: the input ended
 * before there was an answer.
 */
export async function ask(session: Session, question: string): Promise<boolean | undefined> {
  session.stdout.write(`${question} (y/n): `);
  const { createInterface } = await import('node:readline');
  const { stdin: input, signal } = session;
  const lines = createInterface({ input, terminal: false, signal });
  try {
    // A last line without an end is an answer as well.
    const answer = await new Promise<string | undefined>((resolve) => {
      lines.once('line', resolve);
      lines.once('close', () => resolve(undefined));
    });
    signal.throwIfAborted();
    return answer === undefined ? undefined : /^y/i.test(answer.trim());
  } finally {
    lines.close();
    session.stdin.pause();
  }
}

/**
 * The session in which people are talked to: what programs read on standard output is not mixed with questions and
 * progress.
 */
export function forPeople(session: Session, format: string): Session {
  return /json/i.test(format) ? { ...session, stdout: session.stderr } : session;
}
