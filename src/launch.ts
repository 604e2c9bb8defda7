import nodeModule, { createRequire } from 'node:module';
import { join } from 'node:path';
import { loadProgram } from './program.ts';
import { runToEnd } from './start.ts';

/** Runs the program to its end, which ends the process. `name` is what it was called by. */
export function launch(argv: readonly string[], name: string): void {
  const { runProcess } = loadProgram(import.meta.dirname, (path) => {
    // Absent from Node 20, where it is only slower.
    nodeModule.enableCompileCache?.();
    return createRequire(import.meta.filename)(path) as unknown;
  });
  void runToEnd(
    runProcess(argv, { name, executable: join(import.meta.dirname, '../bin/tcompose') }),
  );
}
