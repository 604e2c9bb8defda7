import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { lockProject, type ProjectLock } from '../../src/app/project-lock.ts';
import { run, type Finished } from '../support/command.ts';
import { checkout } from '../support/debian.ts';
import { dockerHost, engineApi } from '../support/test-engine.ts';

const program = join(checkout, 'bin/tcompose');
const folder = mkdtempSync(join(tmpdir(), 'tcompose-lock-'));
const env = { ...process.env, DOCKER_HOST: dockerHost };
writeFileSync(
  join(folder, 'compose.yaml'),
  'name: locked\nservices:\n  a: {image: test-idle}\n  b: {image: test-idle}\nvolumes: {data: {}}\n',
);
const tcompose = (...args: readonly string[]): Promise<Finished> =>
  run(program, args, { cwd: folder, env });

/** Holds the project's lock in the name of somebody else. */
function hold(): Promise<ProjectLock> {
  return lockProject(
    { engine: dockerHost, name: 'locked' },
    {
      holder: { process: 4711, user: 'ada', command: 'tcompose down', since: Date.now() },
      timeout: 0,
      onWait: () => undefined,
      signal: new AbortController().signal,
    },
  );
}

afterAll(async () => {
  await tcompose('down', '-v', '-t', '5');
  rmSync(folder, { recursive: true });
});

it('two runs of up at once both succeed, and make everything once', async () => {
  const runs = await Promise.all([
    tcompose('up', '-d'),
    tcompose('up', '-d'),
    tcompose('up', '-d'),
  ]);
  expect(runs.map(({ code, stderr }) => (code === 0 ? 'done' : stderr))).toEqual([
    'done',
    'done',
    'done',
  ]);
  const containers = await engineApi.containers(['com.docker.compose.project=locked']);
  expect(containers.map(({ Name }) => Name)).toEqual(['/locked-a-1', '/locked-b-1']);
});

it('a run that may not wait says who changes the project, and touches nothing', async () => {
  const lock = await hold();
  const refused = await tcompose('--lock-timeout', '0', 'down');
  lock.release();
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain(
    'project locked is being changed by "tcompose down" (process 4711 of ada, for ',
  );
  expect(refused.stderr).toContain('--lock=false');
  expect(await engineApi.containers(['com.docker.compose.project=locked'])).toHaveLength(2);
});

it('a run waits until the other one is done, and says so', async () => {
  const lock = await hold();
  const waiting = spawn(program, ['up', '-d', '--scale', 'a=2'], { cwd: folder, env });
  let said = '';
  for await (const text of waiting.stderr.setEncoding('utf8')) {
    said += String(text);
    if (said.includes('waiting until it is done')) lock.release();
  }
  if (waiting.exitCode === null) await once(waiting, 'exit');
  expect(waiting.exitCode).toBe(0);
  expect(said).toMatch(/is being changed by "tcompose down".*\n[^]*Container locked-a-2 Started/);
});

it('what only looks, and whoever asks not to wait, goes on beside it', async () => {
  const lock = await hold();
  const looks = [await tcompose('ps'), await tcompose('logs'), await tcompose('up', '--dry-run')];
  const beside = await tcompose('--lock=false', 'stop', '-t', '5');
  lock.release();
  expect([...looks, beside].map(({ code }) => code)).toEqual([0, 0, 0, 0]);
});

it('a wrong time to wait is refused', async () => {
  const refused = await tcompose('--lock-timeout', 'soon', 'up', '-d');
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('invalid lock timeout "soon"');
});
