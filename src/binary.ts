import { basename } from 'node:path';
import { getAssetKeys, getRawAsset } from 'node:sea';
import { PLUGIN_NAMES, pluginMetadata } from './app/identity.ts';
import { compileProgram, PROGRAM, PROGRAM_CACHE, runProgram } from './program.ts';
import { answerVersion, runToEnd } from './start.ts';
import { TCOMPOSE_VERSION } from './version.ts';

// Entry of the one executable, which has the bundle and its cache inside. Under a name that docker
// knows it does what bin/tcompose does under that name.
const argv = process.argv.slice(2);
const called = basename(process.argv0);
const plugin = PLUGIN_NAMES.find((name) => name === called);
const isMachine = called === 'docker-machine';

if (plugin !== undefined && argv[0] === 'docker-cli-plugin-metadata') {
  const metadata = pluginMetadata(plugin, TCOMPOSE_VERSION);
  process.stdout.write(`${JSON.stringify(metadata, undefined, 2)}\n`);
} else if (plugin === `docker-${argv[0]}` && argv[1] === 'docker-cli-plugin-hooks') {
  // Hints after commands, which docker would print: there are none.
} else if (plugin !== undefined || isMachine || !answerVersion(argv)) {
  const name = isMachine ? called : (plugin ?? 'tcompose');
  const started = { name, executable: process.execPath };
  const asset = (name: string): Buffer => Buffer.from(getRawAsset(name));
  const script = compileProgram(asset(PROGRAM).toString('latin1'), PROGRAM, asset(PROGRAM_CACHE));
  const read = (path: string): Buffer | undefined =>
    getAssetKeys().includes(path) ? asset(path) : undefined;
  void runToEnd(runProgram(script, read).runProcess(argv, started));
}
