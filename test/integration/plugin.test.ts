import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  containers,
  exits,
  prints,
  printsExactly,
  printsJson,
  reports,
  state,
} from '../support/checks.ts';
import { run } from '../support/command.ts';
import { checkout } from '../support/debian.ts';
import { referenceBinary } from '../support/reference.ts';
import { docker, scenario, step } from '../support/scenario.ts';
import { dockerHost } from '../support/test-engine.ts';

const compose = (...words: readonly string[]) => docker(['docker-compose'], words);

interface Plugin {
  readonly Name: string;
  readonly Vendor: string;
}

scenario(
  'through-docker',
  'the docker command runs tcompose as its compose plugin',
  step(
    'docker knows the plugin',
    compose('info', '--format', '{{json .ClientInfo.Plugins}}'),
    printsJson('tcompose is compose', (value) =>
      (value as readonly Plugin[]).some(
        ({ Name, Vendor }) => Name === 'compose' && Vendor === 'tcompose',
      ),
    ),
  ),
  step(
    'it is as new as the Compose it stands for',
    compose('compose', 'version', '--short'),
    prints(/^5\.\d+\.\d+\+tcompose\./),
  ),
  step(
    'docker completes with its help',
    compose('__complete', 'compose', 'up', 'w'),
    printsExactly('web\nworker\n:4'),
  ),
  step('up starts the project', compose('compose', 'up', '-d'), state('web', 'running')),
  step(
    "docker's own flags stand before the word",
    compose(
      '--log-level',
      'error',
      '-H',
      dockerHost,
      'compose',
      '--profile',
      '*',
      'ps',
      '--services',
    ),
    printsExactly('web'),
  ),
  step(
    'a wrong engine is a failure',
    compose('-H', 'unix:///nowhere/docker.sock', 'compose', 'ps'),
    exits(1),
    reports('Cannot connect to the Docker daemon at unix:///nowhere/docker.sock'),
  ),
  step(
    'help comes from the plugin',
    compose('help', 'compose', 'stop'),
    prints(/^Usage: {2}docker compose stop \[OPTIONS] \[SERVICE\.\.\.]/),
  ),
  step(
    'an unknown command is explained as by Compose',
    compose('compose', 'foo'),
    exits(1),
    prints(/^Usage: {2}docker compose \[OPTIONS] COMMAND/),
    reports('unknown docker command: "compose foo"'),
  ),
  step(
    'so is an unknown flag',
    compose('compose', 'up', '--foo'),
    exits(1),
    reports(/^unknown flag: --foo$/m),
  ),
  step('down removes it', compose('compose', 'down'), containers()),
  step(
    'it can also be a plugin of its own name',
    docker(['docker-compose', 'docker-tcompose'], ['tcompose', 'version']),
    prints(/^tcompose version v/),
  ),
);

scenario(
  'ended-by-docker',
  'a docker command that is told to end stops the project as an interrupt does',
  step(
    'up runs until docker gets a signal, which it does not pass on',
    docker(
      ['docker-compose'],
      ['compose', 'up'],
      [{ after: ' Container ended-by-docker-web-1 Started ', signal: 'SIGTERM' }],
    ),
    exits(130),
    reports('Container ended-by-docker-web-1 Stopped'),
    state('web', 'exited'),
  ),
);

it('does not make plugins of the programs that it starts', async () => {
  const home = mkdtempSync(join(tmpdir(), 'tcompose-spawned-'));
  try {
    const plugins = join(home, 'cli-plugins');
    mkdirSync(plugins);
    symlinkSync(join(checkout, 'bin/tcompose'), join(plugins, 'docker-compose'));
    writeFileSync(
      join(plugins, 'docker-buildx'),
      `#!/bin/sh\n[ "$1" = bake ] || echo '{"Version":"0.29.0"}'\nenv > ${home}/$1.env\n`,
      { mode: 0o755 },
    );
    writeFileSync(join(home, 'compose.yaml'), 'services: {web: {build: .}}\n');
    writeFileSync(join(home, 'Dockerfile'), 'FROM scratch\n');
    await run(await referenceBinary('docker'), ['compose', 'build'], {
      cwd: home,
      env: { PATH: process.env['PATH'], HOME: home, DOCKER_CONFIG: home, DOCKER_HOST: dockerHost },
      timeout: 60_000,
    });
    for (const word of ['docker-cli-plugin-metadata', 'bake']) {
      expect(readFileSync(join(home, `${word}.env`), 'utf8')).toContain(`HOME=${home}\n`);
      expect(readFileSync(join(home, `${word}.env`), 'utf8')).not.toContain('DOCKER_CLI_PLUGIN');
    }
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
});
