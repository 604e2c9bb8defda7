import nodeModule from 'node:module';
import { TCOMPOSE_VERSION } from './version.ts';

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
  process.stdout.write(`tcompose version ${TCOMPOSE_VERSION}\n`);
} else {
  // Absent from Node 20, where it is only slower.
  nodeModule.enableCompileCache?.();
  const { runProcess } = await import('./process.ts');
  process.exitCode = await runProcess(argv);
}
