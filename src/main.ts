import { launch } from './launch.ts';
import { TCOMPOSE_VERSION } from './version.ts';

const argv = process.argv.slice(2);
if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
  process.stdout.write(`tcompose version ${TCOMPOSE_VERSION}\n`);
} else {
  launch(argv, 'tcompose');
}
