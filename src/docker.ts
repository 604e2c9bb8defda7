// Entry for names that docker knows; the launcher gives the name as first word.
import { launch } from './launch.ts';

const [name = 'docker-tcompose', ...argv] = process.argv.slice(2);
launch(argv, name);
