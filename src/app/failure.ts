import type { Session } from './session.ts';

/**
 * Prints why a command failed and gives the exit code. User's and engine's faults are worded for
 * people; anything else is a fault of ours and says so.
 */
export function printFailure(error: unknown, argv: readonly string[], session: Session): number {
  const message = error instanceof Error ? error.message : String(error);
  const hint = hintOf(error);
  if (wantsJson(argv)) {
    session.stderr.write(`${JSON.stringify({ error: true, message, ...hint })}\n`);
  } else {
    session.stderr.write(`${message}\n${hint.hint === undefined ? '' : `  ${hint.hint}\n`}`);
  }
  return 1;
}

function hintOf(error: unknown): { hint?: string } {
  if (typeof error === 'object' && error !== null && 'hint' in error) {
    if (typeof error.hint === 'string') return { hint: error.hint };
  }
  return {};
}

function wantsJson(argv: readonly string[]): boolean {
  return argv.some(
    (word, at) => word === '--progress=json' || (word === '--progress' && argv[at + 1] === 'json'),
  );
}
