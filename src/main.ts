import { launch } from './launch.ts';
import { answerVersion } from './start.ts';

const argv = process.argv.slice(2);
if (!answerVersion(argv)) launch(argv, 'tcompose');
