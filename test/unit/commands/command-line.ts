import { Interrupts } from '../../../src/app/interrupts.ts';
import type { Session } from '../../../src/app/session.ts';
import { dispatch } from '../../../src/commands/dispatch.ts';

/** A command line that runs in this process. */
export interface Typed {
  /** What it has printed so far. */
  readonly text: { out: string; err: string };
  /** Its exit code, or why it failed. */
  readonly code: Promise<number>;
}

/** Runs the words after the program's name in a session without files or engine. */
export function typed(
  argv: readonly string[],
  session: Partial<Pick<Session, 'programName' | 'env' | 'cwd' | 'stdin'>> = {},
): Typed {
  const interrupts = new Interrupts(() => {});
  const text = { out: '', err: '' };
  const whole: Session = {
    env: { HOME: '/nowhere', PATH: '' },
    cwd: '/',
    stdout: { write: (chunk) => (text.out += chunk) },
    stderr: { write: (chunk) => (text.err += chunk) },
    stdin: process.stdin,
    signal: interrupts.signal,
    interrupts,
    version: '1.2.3',
    programName: 'tcompose',
    ...session,
  };
  return { text, code: dispatch(argv, whole) };
}

/** A command line that has ended. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** Why it failed, if it did. */
  readonly message: string;
  readonly hint?: string | undefined;
}

/** Runs a command line to its end, whatever comes of it; a failure has its exit code. */
export async function ran(...line: Parameters<typeof typed>): Promise<Ran> {
  const { text, code } = typed(...line);
  try {
    return { code: await code, ...text, message: '' };
  } catch (error) {
    const failure = error as Error & { readonly exitCode?: number; readonly hint?: string };
    const { message, exitCode = 1, hint } = failure;
    return { code: exitCode, ...text, message, hint };
  }
}
