import nodeModule, { createRequire } from 'node:module';
import { loadProgram } from './program.ts';
import { TCOMPOSE_VERSION } from './version.ts';

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
  process.stdout.write(`tcompose version ${TCOMPOSE_VERSION}\n`);
} else {
  const { runProcess } = loadProgram(import.meta.dirname, (path) => {
    // Absent from Node 20, where it is only slower.
    nodeModule.enableCompileCache?.();
    return createRequire(import.meta.filename)(path) as unknown;
  });
  void runToEnd(runProcess(argv));
}

/** Everything is written by then; leaving at once saves tearing the process down piece by piece. */
async function runToEnd(running: Promise<number>): Promise<void> {
  const code = await running;
  process.stdout.write('', () => process.stderr.write('', () => process.exit(code)));
}
