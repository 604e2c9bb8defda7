// npm run build:bin: dist/bin/tcompose, one executable that needs no Node on the machine. It is Node itself (the
// version of package.json) with the bundle and its code cache inside (Node's "single executable application").
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const parts = () =>
  existsSync(join(dist, 'parts'))
    ? readdirSync(join(dist, 'parts')).map((name) => `parts/${name}`)
    : [];

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const dist = join(root, 'dist');
const executable = join(dist, 'bin/tcompose');
const temporary = join(dist, 'bin/build');

execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' });
mkdirSync(temporary, { recursive: true });
try {
  const configuration = join(temporary, 'sea.json');
  const blob = join(temporary, 'sea.blob');
  writeFileSync(
    configuration,
    JSON.stringify({
      main: join(dist, 'binary.cjs'),
      output: blob,
      disableExperimentalSEAWarning: true,
      // Or Node would take --env-file from the words that are the program's.
      execArgv: ['--'],
      assets: Object.fromEntries(
        ['tcompose.cjs', 'tcompose.cache', ...parts()].map((name) => [name, join(dist, name)]),
      ),
    }),
  );
  execFileSync(process.execPath, ['--experimental-sea-config', configuration], { stdio: 'pipe' });
  const unfinished = join(temporary, 'tcompose');
  copyFileSync(process.execPath, unfinished);
  chmodSync(unfinished, 0o755);
  // Symbols that only a debugger reads: 18 MB, and time at every start.
  execFileSync('strip', [unfinished]);
  // Its warnings about section names mean nothing; when it fails they are shown.
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/postject/dist/cli.js'), unfinished, 'NODE_SEA_BLOB', blob].concat(
      '--sentinel-fuse',
      'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2',
    ),
    { stdio: 'pipe' },
  );
  // What was patched piece by piece is kept in pieces by the system as well, and takes 20 MB more when it runs.
  rmSync(executable, { force: true });
  copyFileSync(unfinished, executable);
} finally {
  rmSync(temporary, { recursive: true, force: true });
}
const answer = execFileSync(executable, ['--version'], { encoding: 'utf8' }).trim();
process.stdout.write(`${executable}: ${answer}\n`);
