/**
 * npm run bench [-- --write] [--only TEXT]: tcompose against Docker Compose on a private engine. Runs
 * alternate (A B A B), so that what else the machine does hits both; medians are compared.
 */
import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { succeed } from '../test/support/command.ts';
import { checkout } from '../test/support/debian.ts';
import { startEngine, stopEngine } from '../test/support/engine.ts';
import { importTestImages } from '../test/support/images.ts';
import { referenceBinary } from '../test/support/reference.ts';
import { type SshEngine, startSshEngine } from './ssh-engine.ts';
import { type Case, cases } from './cases.ts';
import { floor } from './floor.ts';
import { machineTable, machineTitles, measureMachines } from './machine-create.ts';
import { type Command, type Sample, measure, median } from './measure.ts';

interface Result {
  readonly of: Case;
  readonly reference: readonly Sample[];
  readonly tcompose: readonly Sample[];
  /** Seconds of wall time. */
  readonly floor: readonly number[];
}

/** A way to call one of the two tools: the words before the arguments. */
interface Tool {
  readonly name: string;
  readonly argv: readonly string[];
}

const { values: options } = parseArgs({
  options: { write: { type: 'boolean', default: false }, only: { type: 'string', default: '' } },
});

/** The one executable: what a release is. */
const executable = join(checkout, 'dist/bin/tcompose');
const home = mkdtempSync(join(tmpdir(), 'tcompose-bench-'));
const engine = await startEngine('28');
let sshEngine: Promise<SshEngine> | undefined;
try {
  await importTestImages(engine.api);
  const results: Result[] = [];
  const chosen = cases.filter((each) => each.title.includes(options.only));
  for (const [index, each] of chosen.entries()) {
    process.stderr.write(`${index + 1}/${chosen.length} ${each.title}\n`);
    results.push(await compare(each, index));
  }
  const titles = Object.values(machineTitles).filter((title) => title.includes(options.only));
  const machines = await measureMachines(titles, executable);
  const text =
    (await report(results)) + (machines.length === 0 ? '' : `\n${machineTable(machines)}`);
  process.stdout.write(text);
  if (options.write) writeFileSync(join(checkout, 'docs/benchmarks.md'), text);
} finally {
  await (await sshEngine)?.close();
  await stopEngine(engine);
  rmSync(home, { recursive: true, force: true });
}

async function compare(each: Case, index: number): Promise<Result> {
  const reference = await referenceTool(each.against);
  const tcompose = { name: 'tcompose', argv: [executable] };
  const samples = { reference: [] as Sample[], tcompose: [] as Sample[] };
  const sides = [
    ['reference', reference],
    ['tcompose', tcompose],
  ] as const;
  const call = async (tool: Tool, side: string, args: readonly string[]): Promise<Command> => {
    const cwd = join(home, `${side}${index}`);
    return { argv: [...tool.argv, ...args], cwd, env: await environment(each) };
  };
  for (const [side, tool] of sides) {
    mkdirSync(join(home, `${side}${index}`, 'files'), { recursive: true });
    writeFileSync(join(home, `${side}${index}`, 'compose.yaml'), each.file);
    await measure(await call(tool, side, each.once ?? ['version']));
  }
  const floors: number[] = [];
  for (let round = 0; round < each.repeat; round += 1) {
    if (each.floor !== undefined) {
      floors.push(await floor(engine.api, each.floor));
    }
    for (const [side, tool] of sides) {
      if (each.before !== undefined) await measure(await call(tool, side, each.before));
      samples[side].push(await measure(await call(tool, side, each.args)));
      if (each.after !== undefined) await measure(await call(tool, side, each.after));
    }
  }
  if (each.once !== undefined) {
    for (const [side, tool] of sides) await measure(await call(tool, side, ['down', '-t', '5']));
  }
  return { of: each, ...samples, floor: floors };
}

async function referenceTool(against: Case['against']): Promise<Tool> {
  const plugin = await referenceBinary('docker-compose');
  if (against === 'binary') return { name: 'docker-compose', argv: [plugin] };
  const plugins = join(home, 'docker/cli-plugins');
  mkdirSync(plugins, { recursive: true });
  rmSync(join(plugins, 'docker-compose'), { force: true });
  symlinkSync(plugin, join(plugins, 'docker-compose'));
  return { name: 'docker compose', argv: [await referenceBinary('docker'), 'compose'] };
}

async function environment({ ssh }: Case): Promise<Record<string, string | undefined>> {
  if (ssh !== undefined) {
    sshEngine ??= startSshEngine();
    const env = await (await sshEngine).env(ssh.roundTrip);
    return { ...env, DOCKER_CONFIG: join(home, 'docker') };
  }
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    LANG: 'C.UTF-8',
    DOCKER_HOST: engine.dockerHost,
    DOCKER_CONFIG: join(home, 'docker'),
  };
}

async function report(results: readonly Result[]): Promise<string> {
  const compose = await succeed(await referenceBinary('docker-compose'), ['version', '--short']);
  const version = (await engine.api.ask('GET', '/version')) as { readonly Version: string };
  const rows = results.map(({ of, reference, tcompose, floor: bare }) => {
    const figures = (pick: (sample: Sample) => number, digits: number): string[] => {
      const [theirs, ours] = [median(reference.map(pick)), median(tcompose.map(pick))];
      return [theirs.toFixed(digits), ours.toFixed(digits), (ours / theirs).toFixed(2)];
    };
    const wall = figures((sample) => sample.wall, 3);
    const verdict = Number(wall[2]) <= of.budget ? 'yes' : 'no';
    const against = of.against === 'typed' ? '`docker compose`' : 'its binary';
    const overFloor =
      bare.length === 0
        ? ''
        : (median(tcompose.map((sample) => sample.wall)) / median(bare)).toFixed(2);
    const cells = [of.title, against, ...wall, of.budget.toFixed(2), verdict, overFloor];
    cells.push(...figures((sample) => sample.cpu, 3));
    cells.push(figures((sample) => sample.memory / 1024, 0)[2] ?? '', `${of.repeat}`);
    return `| ${cells.join(' | ')} |`;
  });
  return `# Benchmarks

Docker Compose ${compose.trim()} against tcompose on Docker Engine ${version.Version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown CPU'}.
Runs alternate between the two; figures are medians. CPU time is that of the client, not of the engine.
"Floor" is the wall time of the same work by bare API calls, eight at a time. Made by \`npm run bench -- --write\`.

tcompose is the one executable of \`npm run build:bin\`: ${megabytes(executable)} MB.

| work | against | wall s, theirs | ours | ratio | budget | kept | of floor | CPU s, theirs | ours | ratio | memory ratio | runs |
| --- | --- | ---: | ---: | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join('\n')}
`;
}

function megabytes(path: string): string {
  return (statSync(path).size / 1e6).toFixed(0);
}
