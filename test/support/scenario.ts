/**
 * Scenarios: what users do and what they have then, on a real engine.
 *
 *     scenario('counter', 'a second up leaves everything as it is',
 *       step('up starts the service', tcompose('up', '-d'), state('web', 'running')),
 *       step('up again touches nothing', tcompose('up', '-d'), untouched('web')));
 *
 * `counter` is a folder in test/integration/scenarios with its own compose.yaml; each scenario works on a
 * copy of it, whose name is the project's name. A step is a sentence, a command and facts about the engine
 * afterwards (checks.ts); its command has to succeed unless the step says `exits(code)`. Facts that
 * come about later are wrapped in `eventually`; nothing sleeps. After a failure the outputs and the
 * state of the project are in .cache/artifacts/SCENARIO.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { it } from 'vitest';
import type { ContainerDetails, EngineApi } from './api.ts';
import { type Finished, type Reaction, run, type RunOptions, type SignalAfter } from './command.ts';
import { cache, checkout } from './debian.ts';
import { openGate } from './gate.ts';
import { type ReferenceTool, referenceBinary } from './reference.ts';
import { dockerHost, engineApi, engineSocket } from './test-engine.ts';

/** What a check can look at. */
export interface Scene {
  readonly api: EngineApi;
  readonly project: string;
  /** The scenario's own copy of its folder. */
  readonly folder: string;
  /** Anonymous volumes that nothing used when the scenario began. */
  readonly abandoned: readonly string[];
  /** What the step's command left; for a step without command, that of the step before. */
  readonly result: Finished;
  /** The project's containers before the step, by name. */
  readonly before: ReadonlyMap<string, ContainerDetails>;
}

/** A fact: `undefined` when it holds, otherwise what is there instead. */
export interface Check {
  readonly title: string;
  /** Whether this check judges the exit code, so that the step's default must not. */
  readonly judgesExit?: boolean;
  verify(scene: Scene): Promise<string | undefined>;
}

/** What a step does: a command line in the scenario's folder, or something else. */
export type Action = (scene: Omit<Scene, 'result' | 'before'>) => Promise<Finished>;

/** See `step`. */
export interface Step {
  readonly sentence: string;
  readonly action: Action;
  readonly checks: readonly Check[];
}

/** `TCOMPOSE_TEST_COMMAND` names another program, such as the real docker-compose, to try a scenario on. */
export const programUnderTest =
  process.env['TCOMPOSE_TEST_COMMAND'] ?? join(checkout, 'bin/tcompose');

/** Milliseconds that a command may take. */
const commandTimeout = 120_000;

/** Milliseconds that `eventually` waits. */
const patience = 30_000;

/** A step: what it shows, what is done, what holds then. */
export function step(sentence: string, action: Action, ...checks: readonly Check[]): Step {
  return { sentence, action, checks };
}

/** Runs tcompose of this checkout. */
export function tcompose(...args: readonly string[]): Action {
  return withEnv({}, ...args);
}

/** Runs tcompose with variables in its environment. */
export function withEnv(env: Readonly<Record<string, string>>, ...args: readonly string[]): Action {
  return (scene) => launch(programUnderTest, args, scene, { env });
}

/** Runs tcompose and sends it signals while it works. */
export function signalled(signals: readonly SignalAfter[], ...args: readonly string[]): Action {
  return (scene) => launch(programUnderTest, args, scene, { signals });
}

/** Runs tcompose with this text on its standard input. */
export function piped(input: string, ...args: readonly string[]): Action {
  return (scene) => launch(programUnderTest, args, scene, { input });
}

/** Runs tcompose at a terminal of its own; both of its streams come as one. */
export function atTerminal(reactions: readonly Reaction[], ...args: readonly string[]): Action {
  const words = args.map((word) => `'${word.replaceAll("'", `'\\''`)}'`);
  return scriptAtTerminal(`"$TCOMPOSE" ${words.join(' ')}`, ...reactions);
}

/** Runs a shell script in which `$TCOMPOSE` is tcompose. */
export function shell(script: string): Action {
  return (scene) => launch('bash', ['-c', script], scene, { env: { TCOMPOSE: programUnderTest } });
}

/**
 * Runs a shell script, in which `$TCOMPOSE` is tcompose, at a terminal of 100 columns and 30 rows, and
 * does what `reactions` say as soon as their texts appear. All output is standard output.
 */
export function scriptAtTerminal(script: string, ...reactions: readonly Reaction[]): Action {
  const line = `stty columns 100 rows 30; ${script}`;
  const args = ['--quiet', '--return', '--flush', '--command', line, '/dev/null'];
  return (scene) =>
    launch('script', args, scene, {
      env: { TCOMPOSE: programUnderTest, SHELL: '/bin/sh', TERM: 'xterm' },
      reactions,
    });
}

/** Runs a shell script with `$TCOMPOSE`, whose engine is gone as soon as the text appears. */
export function losingEngine(after: string, script: string): Action {
  return async (scene) => {
    await using gate = await openGate(engineSocket);
    return launch('bash', ['-c', script], scene, {
      env: { TCOMPOSE: programUnderTest, DOCKER_HOST: `unix://${gate.socket}` },
      reactions: [{ after, act: () => gate.close() }],
    });
  };
}

/** Runs a reference tool, usually the real docker-compose. */
export function reference(tool: ReferenceTool, ...args: readonly string[]): Action {
  return async (scene) => launch(await referenceBinary(tool), args, scene, {});
}

/**
 * Runs `docker` of the reference tools with words, where tcompose is installed as the plugins of these
 * names; signals go to docker alone, as from a program that started it.
 */
export function docker(
  plugins: readonly string[],
  args: readonly string[],
  signals: readonly SignalAfter[] = [],
): Action {
  return async (scene) => {
    const config = join(scene.folder, '.docker');
    mkdirSync(join(config, 'cli-plugins'), { recursive: true });
    for (const name of plugins) {
      const link = join(config, 'cli-plugins', name);
      if (!existsSync(link)) symlinkSync(programUnderTest, link);
    }
    const env = { DOCKER_CONFIG: config };
    return launch(await referenceBinary('docker'), args, scene, { env, signals });
  };
}

/** Replaces text in a file of the scenario; the text must be there. */
export function edit(file: string, from: string, to: string): Action {
  return (scene) => {
    const path = join(scene.folder, file);
    const text = readFileSync(path, 'utf8');
    if (!text.includes(from)) throw new Error(`${file} does not contain ${JSON.stringify(from)}`);
    writeFileSync(path, text.replaceAll(from, to));
    return Promise.resolve({ argv: ['edit', file], code: 0, stdout: '', stderr: '' });
  };
}

/** Runs a command in the service's first container, without tcompose; its output and code do not count. */
export function execute(service: string, ...command: readonly string[]): Action {
  return async ({ api, project }) => {
    const name = `${project}-${service}-1`;
    const output = await api.execute(name, command);
    return { argv: ['execute', name, ...command], code: 0, stdout: output, stderr: '' };
  };
}

/** Several actions as one step; the last one's result counts, all others have to succeed. */
export function together(...actions: readonly Action[]): Action {
  return async (scene) => {
    let last: Finished = { argv: [], code: 0, stdout: '', stderr: '' };
    for (const action of actions) {
      if (last.code !== 0) throw new Error(describe(last));
      last = await action(scene);
    }
    return last;
  };
}

/** Waits until a fact holds, for facts that come about after the command has ended. */
export function eventually(check: Check): Check {
  return {
    ...check,
    title: `eventually ${check.title}`,
    async verify(scene) {
      const deadline = performance.now() + patience;
      for (;;) {
        // What is asked may be on its way: a container that has just been replaced, say.
        const instead = await check.verify(scene).catch((error: unknown) => String(error));
        if (instead === undefined || performance.now() > deadline) return instead;
        await delay(50);
      }
    },
  };
}

/** Registers a scenario as a test. `folder` is its directory under test/integration/scenarios. */
export function scenario(folder: string, sentence: string, ...steps: readonly Step[]): void {
  it(sentence, async () => {
    const home = mkdtempSync(join(tmpdir(), 'tcompose-scenario-'));
    const scene = {
      api: engineApi,
      project: folder,
      folder: join(home, folder),
      abandoned: await engineApi.abandonedVolumes(),
    };
    cpSync(join(checkout, 'test/integration/scenarios', folder), scene.folder, { recursive: true });
    const journal: string[] = [];
    try {
      await removeProject(engineApi, folder);
      await play(scene, steps, journal);
    } catch (error) {
      await keepArtifacts(scene, sentence, journal);
      throw error;
    } finally {
      if ((process.env['TCOMPOSE_KEEP_FAILED'] ?? '') === '')
        await removeProject(engineApi, folder);
      rmSync(home, { recursive: true, force: true });
    }
  });
}

async function play(
  scene: Omit<Scene, 'result' | 'before'>,
  steps: readonly Step[],
  journal: string[],
): Promise<void> {
  for (const [index, each] of steps.entries()) {
    const before = await containersByName(scene.api, scene.project);
    journal.push(`--- ${index + 1}. ${each.sentence}`);
    const result = await each.action(scene);
    journal.push(describe(result));
    const judged = each.checks.some((check) => check.judgesExit === true);
    if (!judged && result.code !== 0) throw failure(each, 'its command succeeds', result);
    for (const check of each.checks) {
      const instead = await check.verify({ ...scene, result, before });
      if (instead !== undefined) throw failure(each, check.title, result, instead);
    }
  }
}

function failure(at: Step, expected: string, result: Finished, instead?: string): Error {
  const found = instead === undefined ? '' : `\nbut: ${instead}`;
  return new Error(`${at.sentence}\nexpected: ${expected}${found}\n\n${describe(result)}`);
}

function describe(result: Finished): string {
  const parts = [`$ ${result.argv.join(' ')}`, `exit code ${result.code}`];
  if (result.stdout !== '') parts.push(`stdout:\n${result.stdout}`);
  if (result.stderr !== '') parts.push(`stderr:\n${result.stderr}`);
  return parts.join('\n');
}

function launch(
  program: string,
  args: readonly string[],
  scene: Omit<Scene, 'result' | 'before'>,
  options: Pick<RunOptions, 'env' | 'signals' | 'input' | 'reactions'>,
): Promise<Finished> {
  return run(program, args, {
    ...options,
    cwd: scene.folder,
    env: { ...commandEnvironment(), ...options.env },
    timeout: commandTimeout,
  });
}

/** The environment that commands of scenarios run in. */
export function commandEnvironment(): Readonly<Record<string, string | undefined>> {
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    LANG: 'C.UTF-8',
    XDG_STATE_HOME: join(checkout, '.cache/state'),
    DOCKER_HOST: dockerHost,
  };
}

/** The containers of a project, by name without the leading slash. */
export async function containersByName(
  api: EngineApi,
  project: string,
): Promise<ReadonlyMap<string, ContainerDetails>> {
  const found = await api.containers([projectLabel(project)]);
  return new Map(found.map((each) => [each.Name.slice(1), each]));
}

/** The label by which everything of a project is found. */
export function projectLabel(project: string): string {
  return `com.docker.compose.project=${project}`;
}

async function removeProject(api: EngineApi, project: string): Promise<void> {
  const label = projectLabel(project);
  for (const each of await api.containers([label])) {
    await api.call('DELETE', `/containers/${each.Id}?force=1&v=1`);
  }
  for (const name of await api.networks(label)) await api.ask('DELETE', `/networks/${name}`);
  for (const name of await api.volumes(label)) await api.ask('DELETE', `/volumes/${name}`);
  for (const id of await api.images(label)) await api.ask('DELETE', `/images/${id}?force=1`);
}

async function keepArtifacts(
  scene: Omit<Scene, 'result' | 'before'>,
  sentence: string,
  journal: readonly string[],
): Promise<void> {
  const place = join(cache, 'artifacts', scene.project);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  if (existsSync(scene.folder)) cpSync(scene.folder, join(place, 'folder'), { recursive: true });
  const containers = await scene.api.containers([projectLabel(scene.project)]);
  writeFileSync(join(place, 'journal.txt'), `${sentence}\n\n${journal.join('\n\n')}\n`);
  writeFileSync(join(place, 'containers.json'), JSON.stringify(containers, undefined, 2));
  for (const each of containers) {
    const logs = await scene.api.call('GET', `/containers/${each.Id}/logs?stdout=1&stderr=1`);
    writeFileSync(join(place, `${each.Name.slice(1)}.log`), String(logs.body));
  }
}
