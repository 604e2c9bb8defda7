import {
  containers,
  exits,
  prints,
  printsExactly,
  printsJson,
  reports,
  state,
} from '../support/checks.ts';
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
