import type { Session } from '../session.ts';

/**
 * Asks as docker-machine did, on standard output unless that is for a program: whatever begins with y is a yes.
 * Undefined: the input ended before there was an answer.
 */
export async function ask(
  session: Session,
  question: string,
  { forProgram = false }: { readonly forProgram?: boolean } = {},
): Promise<boolean | undefined> {
  (forProgram ? session.stderr : session.stdout).write(`${question} (y/n): `);
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
