import type { Session, TextStream } from './session.ts';
import { isTrue } from './true-words.ts';

/** How a question is asked where it is not the usual way. */
export interface Asking {
  /** Where questions are written. */
  readonly stream?: TextStream;
  /** How answers are shown; `[yN]` by default. */
  readonly choices?: string;
  /** What an empty answer at a terminal means; no by default. */
  readonly byDefault?: boolean;
}

/** Asks a yes-or-no question; anything but yes, also the end of the input, means no. */
export function confirm(session: Session, question: string): Promise<boolean> {
  return confirmAll(session, [question]);
}

/** Asks one question after the other, until one is not answered by yes. */
export async function confirmAll(
  session: Session,
  questions: readonly string[],
  asking: Asking = {},
): Promise<boolean> {
  const { createInterface } = await import('node:readline');
  // One reader for all: what was typed ahead, or comes through a pipe, is not lost between questions.
  const lines = createInterface({ input: session.stdin, terminal: false });
  const answers = lines[Symbol.asyncIterator]();
  const close = (): void => lines.close();
  session.signal.addEventListener('abort', close, { once: true });
  try {
    for (const question of questions) {
      ask(session, question, asking);
      const { value, done } = await answers.next();
      session.signal.throwIfAborted();
      if (done === true) return false;
      const answer = value.trim();
      const isDefault = answer === '' && session.stdin.isTTY;
      if (!(isDefault ? asking.byDefault : isTrue(answer) || /^y(es)?$/i.test(answer)))
        return false;
    }
    return true;
  } finally {
    session.signal.removeEventListener('abort', close);
    lines.close();
    session.stdin.pause();
  }
}

/** Where no terminal answers, the usual question is part of the output, as in Compose. */
function ask(
  { stdin, stdout, stderr }: Session,
  question: string,
  { stream, choices = '[yN]' }: Asking,
): void {
  if (stream !== undefined) stream.write(`${question} ${choices} `);
  else if (stdin.isTTY) stderr.write(`? ${question} ${choices} `);
  else stdout.write(question);
}
