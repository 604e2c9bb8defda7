import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { findProgram } from '../../engine/executable.ts';
import { CommandFailure } from '../failure.ts';
import type { Session } from '../session.ts';

/**
 * Runs a program of this computer with the streams of this process and gives its exit code.
 *
 * @param missing what is said when there is no such program
 * @throws CommandFailure when it is missing
 */
export function runLocalProgram(
  session: Session,
  argv: readonly [string, ...string[]],
  missing: string,
): Promise<number> {
  const [name, ...args] = argv;
  const path = requireProgram(session, name, missing);
  return new Promise((resolve, reject) => {
    const child = spawn(path, args, { cwd: session.cwd, env: session.env, stdio: 'inherit' });
    // Interrupts of a terminal reach the child as well; those of others are passed on.
    const abort = (): void => void child.kill('SIGTERM');
    session.signal.addEventListener('abort', abort, { once: true });
    child.once('error', reject);
    child.once('close', (code, signalName) => {
      session.signal.removeEventListener('abort', abort);
      resolve(code ?? 128 + (signalName === null ? 0 : constants.signals[signalName]));
    });
  });
}

/** Where a program of this computer is; undefined: nowhere in PATH. */
export function findLocalProgram(
  { env, cwd }: Pick<Session, 'env' | 'cwd'>,
  name: string,
): string | undefined {
  return findProgram(name, { path: env['PATH'], cwd });
}

/**
 * Where a program of this computer is that cannot be done without.
 *
 * @param missing what is said when there is no such program
 * @throws CommandFailure when it is missing
 */
export function requireProgram(session: Session, name: string, missing: string): string {
  const path = findLocalProgram(session, name);
  if (path !== undefined) return path;
  throw new CommandFailure(missing, `install ${name}, and see that it is in PATH`);
}
