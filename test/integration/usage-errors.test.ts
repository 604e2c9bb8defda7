/** Wrong command lines, through the docker command with either plugin: the same words and exit codes. */
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { type Finished, run } from '../support/command.ts';
import { checkout } from '../support/debian.ts';
import { referenceBinary } from '../support/reference.ts';
import { dockerHost } from '../support/test-engine.ts';

const home = mkdtempSync(join(tmpdir(), 'tcompose-usage-'));
const docker = await referenceBinary('docker');
const plugins = {
  compose: await referenceBinary('docker-compose'),
  tcompose: join(checkout, 'bin/tcompose'),
};

beforeAll(() => {
  cpSync(join(checkout, 'test/integration/scenarios/through-docker'), join(home, 'project'), {
    recursive: true,
  });
  for (const [name, path] of Object.entries(plugins)) {
    mkdirSync(join(home, name, 'cli-plugins'), { recursive: true });
    symlinkSync(path, join(home, name, 'cli-plugins/docker-compose'));
  }
});

afterAll(() => rmSync(home, { recursive: true, force: true }));

function through(config: keyof typeof plugins, words: readonly string[]): Promise<Finished> {
  return run(docker, ['compose', ...words], {
    cwd: join(home, 'project'),
    env: {
      PATH: process.env['PATH'],
      HOME: home,
      DOCKER_HOST: dockerHost,
      DOCKER_CONFIG: join(home, config),
    },
    timeout: 60_000,
  });
}

/** What a failure says, without advice of ours and without the time of log lines. */
function message({ stderr }: Finished): string {
  return stderr.replaceAll(/^ {2}help: .*\n/gm, '').trim();
}

const lines: readonly [string][] = [
  ['composee'],
  ['--nope'],
  ['--env-file absent.env ps'],
  ['exec web program --env-file absent.env'],
  ['up --nope'],
  ['up -x'],
  ['up -dx'],
  ['up -t'],
  ['up --timeout'],
  ['up --timeout soon'],
  ['up --timeout 99999999999999999999'],
  ['up --detach=maybe'],
  ['up --build='],
  ['---x up'],
  ['--=x up'],
  ['-p'],
  ['--profile'],
  ['--parallel many ps'],
  ['--progress loud ps'],
  ['--no-ansi --ansi always ps'],
  ['--workdir . --project-directory . ps'],
  ['version x'],
  ['ls x'],
  ['ls --filter'],
  ['ls --filter x'],
  ['scale'],
  ['scale web'],
  ['scale web=many'],
  ['scale nope=1'],
  ['wait'],
  ['port'],
  ['port web'],
  ['exec'],
  ['exec web'],
  ['attach'],
  ['run'],
  ['cp'],
  ['cp a'],
  ['cp a b c'],
  ['commit'],
  ['commit a b c'],
  ['export'],
  ['build --memory 1q'],
  ['config --format xml'],
  ['ps --filter foo=bar'],
  ['down --rmi some'],
  ['logs --index 1'],
  ['create --build --no-build'],
  ['up --build --no-build'],
  ['up --force-recreate --no-recreate'],
  ['up --no-recreate -V'],
  ['up --wait --abort-on-container-exit'],
  ['up --wait --abort-on-container-failure'],
  ['up -d --attach web'],
  ['up --attach web --attach-dependencies'],
  ['up --abort-on-container-failure --abort-on-container-exit'],
  ['up --pull some'],
  ['restart nope'],
  ['stop nope'],
  ['up web -- -d'],
];

/** Lines of commands that are here; those of others fail in another way. */
const applicable = lines.filter(([line]) => {
  const [word = ''] = line.split(' ');
  const known = commands.some(({ name }) => name === word);
  return known || word.startsWith('-') || word === 'composee';
});

it.each(applicable)('docker compose %s', async (line) => {
  const words = line.split(' ');
  const [theirs, ours] = await Promise.all([through('compose', words), through('tcompose', words)]);
  expect(message(ours)).toBe(message(theirs));
  expect(ours.code).toBe(theirs.code);
});
