import { READER_LOST } from './app/reader-loss.ts';
import { TCOMPOSE_VERSION } from './version.ts';

/** Answers a lone `--version` before anything is loaded; false when something else was asked. */
export function answerVersion(argv: readonly string[]): boolean {
  if (argv.length !== 1 || (argv[0] !== '--version' && argv[0] !== '-v')) return false;
  process.stdout.on('error', () => process.exit(READER_LOST));
  process.stdout.write(`tcompose version ${TCOMPOSE_VERSION}\n`);
  return true;
}

/**
 * Ends the process with the exit code of a run. Everything is written by then; leaving at once saves
 * tearing the process down piece by piece.
 */
export async function runToEnd(running: Promise<number>): Promise<void> {
  process.once('beforeExit', forgotten);
  const code = await running;
  process.off('beforeExit', forgotten);
  // That nobody read the last words is told after they are written, and is an exit code of its own.
  const leave = (): void => void setImmediate(() => process.exit(code));
  process.stdout.write('', () => process.stderr.write('', leave));
}

/** Nothing is left to wait for, but the run is not over: that is no success. */
function forgotten(): void {
  process.stderr.write(
    'internal error: the command ended before it was done\n  help: this is a fault of tcompose; run the same command again\n',
  );
  process.exitCode = 1;
}
