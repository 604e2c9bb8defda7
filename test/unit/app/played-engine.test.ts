import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { printFailure } from '../../../src/app/failure.ts';
import { warmUpEngine } from '../../../scripts/warm-up-engine.ts';
import { typed } from '../commands/command-line.ts';

const PROJECT = `
name: p
services:
  db: {image: web}
  web: {image: web, depends_on: [db], environment: {MODE: one}}
  job: {image: web, profiles: [jobs]}
`;

let folder: string;
let engine: Server;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tcompose-played-'));
  writeFileSync(join(folder, 'compose.yaml'), PROJECT);
  engine = warmUpEngine();
  await new Promise<void>((done) => engine.listen(join(folder, 'engine.sock'), done));
});

afterEach(() => {
  engine.closeAllConnections();
  engine.close();
  rmSync(folder, { recursive: true });
});

/** What a command line prints and how it ends, on the played engine. */
function run(...argv: string[]) {
  return runWith({}, ...argv);
}

function runWith(more: Readonly<Record<string, string>>, ...argv: string[]) {
  return runIn(process.stdin, more, argv);
}

/** The same, with this text on standard input. */
function answered(text: string, ...argv: string[]) {
  return runIn(Readable.from([text]) as NodeJS.ReadStream, {}, argv);
}

async function runIn(
  stdin: NodeJS.ReadStream,
  more: Readonly<Record<string, string>>,
  argv: readonly string[],
) {
  const DOCKER_HOST = `unix://${join(folder, 'engine.sock')}`;
  const env = { HOME: folder, PATH: '', DOCKER_HOST, ...more };
  const { text, code } = typed(argv, { env, stdin, cwd: folder });
  const ended = await code.catch(String);
  const { out, err } = text;
  return { out, err, code: ended, lines: err.split('\n').map((line) => line.trimEnd()) };
}

function change(from: string, to: string): void {
  writeFileSync(join(folder, 'compose.yaml'), PROJECT.replace(from, to));
}

const statesOf = async (): Promise<readonly string[]> =>
  (await run('ps', '-a', '--format', '{{.Name}} {{.State}}')).out.trim().split('\n').toSorted();

describe('a project on an engine that is only played', () => {
  it('comes up in the order of its dependencies, says so, and then has nothing to do', async () => {
    const first = await run('up', '-d');
    expect(first).toMatchObject({ code: 0, out: '' });
    const at = (line: string): number => first.lines.indexOf(` ${line}`);
    expect(at('Network p_default Created')).toBeGreaterThanOrEqual(0);
    expect(at('Container p-web-1 Starting')).toBeGreaterThan(at('Container p-db-1 Started'));
    expect(first.err).not.toContain('job');
    expect((await run('up', '-d')).lines.toSorted()).toEqual([
      '',
      ' Container p-db-1 Running',
      ' Container p-web-1 Running',
    ]);
    expect((await run('plan')).out).toContain('Nothing to do');
  });

  it('is created without being started, and started later', async () => {
    await run('create');
    expect(await statesOf()).toEqual(['p-db-1 created', 'p-web-1 created']);
    expect((await run('start')).code).toBe(0);
    expect(await statesOf()).toEqual(['p-db-1 running', 'p-web-1 running']);
  });

  it('is told to be stopped once more when it is stopped already', async () => {
    await run('up', '-d');
    await run('stop', 'web');
    expect(await run('stop', 'web')).toMatchObject({
      code: 0,
      lines: [' Container p-web-1 Stopping', ' Container p-web-1 Stopped', ''],
    });
  });

  it.each(['start', 'restart', 'kill', 'rm'])(
    'has a service of an inactive profile %sed when it is named',
    async (command) => {
      await run('up', '-d', 'job');
      if (command === 'start' || command === 'rm') await run('stop', 'job');
      const { code, err } = await run(command, ...(command === 'rm' ? ['-f'] : []), 'job');
      expect(code).toBe(0);
      expect(err).toContain('Container p-job-1 ');
    },
  );

  it.each(['stop', 'kill', 'pause', 'unpause', 'down', 'logs'])(
    'is known by its name where COMPOSE_PROJECT_NAME tells it, so %s passes over a service it does not have',
    async (command) => {
      await run('up', '-d');
      const { code } = await runWith({ COMPOSE_PROJECT_NAME: 'p' }, command, 'wbe');
      expect(code).toBe(0);
      expect(await statesOf()).toEqual(['p-db-1 running', 'p-web-1 running']);
    },
  );

  it('tells those who know it by name only that they stop or take down nothing', async () => {
    await run('up', '-d');
    for (const command of ['stop', 'down']) {
      const { err } = await run('-p', 'p', command, 'wbe');
      expect(err).toBe('warning: no container of wbe in project p\n  help: did you mean web?\n');
    }
  });

  it('is only looked at by plans and dry runs', async () => {
    const dry = await run('--dry-run', 'up', '-d');
    expect(dry.out).toContain('service:web:1');
    expect(await statesOf()).toEqual(['']);
    await run('up', '-d');
    change('MODE: one', 'MODE: two');
    const plan = JSON.parse((await run('plan', '--format', 'json')).out) as {
      readonly steps: readonly { readonly resource: string; readonly cause: string }[];
    };
    const causes = new Set(plan.steps.map(({ resource, cause }) => `${resource} ${cause}`));
    expect([...causes]).toContain('service:web:1 environment.MODE changed');
    expect((await run('down', '--dry-run')).out).toContain('network:default');
    expect(await statesOf()).toHaveLength(2);
  });

  it('is scaled up and down', async () => {
    await run('up', '-d', '--scale', 'web=3');
    expect(await statesOf()).toHaveLength(4);
    expect((await run('scale', 'web=1')).code).toBe(0);
    expect(await statesOf()).toEqual(['p-db-1 running', 'p-web-1 running']);
  });

  it('warns of what the files do not know any more, and removes it when asked', async () => {
    await run('--profile', 'jobs', 'up', '-d');
    change('  job: {image: web, profiles: [jobs]}\n', '');
    expect((await run('up', '-d')).err).toContain('Found orphan containers (p-job-1)');
    await run('up', '-d', '--remove-orphans');
    expect(await statesOf()).toEqual(['p-db-1 running', 'p-web-1 running']);
  });

  it('tells its progress as JSON, or not at all', async () => {
    const { lines } = await run('--progress', 'json', 'up', '-d');
    const events = lines.slice(0, -1).map((line) => JSON.parse(line) as { readonly id: string });
    expect(events.map(({ id }) => id)).toContain('Container p-web-1');
    expect(await run('--progress', 'quiet', 'down')).toMatchObject({ code: 0, out: '', err: '' });
  });

  it('goes away, and once more without complaint', async () => {
    await run('up', '-d');
    expect((await run('down')).lines.at(-2)).toBe(' Network p_default Removed');
    expect(await statesOf()).toEqual(['']);
    const again = await run('down');
    expect(again).toMatchObject({
      code: 0,
      err: 'Warning: No resource found to remove for project "p".\n',
    });
  });

  it.each([
    [['up', '-d', 'wbe'], 'no such service: wbe'],
    [['stop', 'wbe'], 'no such service: wbe'],
    [['down', 'wbe'], 'no such service: wbe'],
    [['up', '-d', '--scale', 'wbe=2'], 'no such service: wbe: not found'],
    [['-p', 'nobody', 'start'], 'no container found for project "nobody": not found'],
    [['up', '--exit-code-from', 'wbe'], 'no such service: wbe: not found'],
    [['up', '--exit-code-from', 'job'], 'no such service: job: disabled'],
    [['up', '--attach', 'wbe'], 'cannot attach to services not included in up: wbe'],
    [['logs', '--since', 'x'], 'invalid value for "since": failed to parse value as time'],
  ])('refuses %j', async (argv, message) => {
    const { code, err } = await run(...argv);
    expect(code).toContain(message);
    expect(err).toBe('');
  });

  it('is not touched under a limit that is no number', async () => {
    const { code, err } = await runWith({ COMPOSE_PARALLEL_LIMIT: 'x' }, 'up', '-d');
    expect(code).toContain('COMPOSE_PARALLEL_LIMIT must be an integer (found: "x")');
    expect(err).toBe('');
  });

  it('says what it removes where it is not asked, and asks on the output where no terminal answers', async () => {
    await run('create');
    const forced = await run('rm', '-f', 'db');
    expect(forced).toMatchObject({ code: 0, out: 'Going to remove p-db-1\n' });
    const refused = await answered('n\n', 'rm', 'web');
    expect(refused).toMatchObject({ code: 0, out: 'Going to remove p-web-1', err: '' });
    expect(await statesOf()).toEqual(['p-web-1 created']);
    await answered('true\n', 'rm', 'web');
    expect(await statesOf()).toEqual(['']);
  });

  it.each([
    ['kill', 'No container to kill\n'],
    ['rm', 'No stopped containers\n'],
  ])('says that there is nothing to %s where that is wanted', async (command, text) => {
    expect(await run(command)).toMatchObject({ code: 0, out: '', err: text });
    const moved = await runWith({ COMPOSE_STATUS_STDOUT: '1' }, command);
    expect(moved).toMatchObject({ code: 0, out: text, err: '' });
  });

  it('tells nothing of services that --no-deps leaves out', async () => {
    await run('up', '-d');
    const { lines } = await run('up', '-d', '--no-deps', 'web');
    expect(lines).toEqual([' Container p-web-1 Running', '']);
  });

  it('is not touched when there is no engine, which is said in words', async () => {
    const env = { HOME: folder, PATH: '', DOCKER_HOST: `unix://${join(folder, 'none.sock')}` };
    const { code } = typed(['up', '-d'], { env, cwd: folder });
    const failure = await code.catch((error: unknown) => error);
    let said = '';
    const stderr = { write: (text: string | Uint8Array) => (said += String(text)) };
    const style = { json: false, ansi: undefined, verbose: false };
    expect(printFailure(failure, style, { stderr, env, cwd: folder } as never)).toBe(1);
    expect(said).toMatch(/^Cannot connect to the Docker daemon at unix:.*\n {2}help: Start it/);
  });
});
