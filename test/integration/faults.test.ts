import { containers, exits, notRecreated, reports, silentAbout, state } from '../support/checks.ts';
import { edit, scenario, step, tcompose, together, withEnv } from '../support/scenario.ts';

scenario(
  'unreachable',
  'an engine that cannot be reached is named, with what helps',
  step(
    'over TCP',
    withEnv({ DOCKER_HOST: 'tcp://127.0.0.1:9' }, 'up', '-d'),
    exits(1),
    reports('Cannot connect to the Docker daemon at tcp://127.0.0.1:9.'),
    silentAbout('DeprecationWarning'),
  ),
  step(
    'at a socket',
    withEnv({ DOCKER_HOST: 'unix:///nowhere/docker.sock' }, 'ps'),
    exits(1),
    reports('Cannot connect to the Docker daemon at unix:///nowhere/docker.sock.'),
    reports('sudo systemctl start docker'),
  ),
);

scenario(
  'put-back',
  'a container whose replacement fails runs again, and nothing else is left',
  step('up starts both', tcompose('up', '-d'), state('web', 'running')),
  step(
    'a failing hook fails the replacement',
    together(edit('compose.yaml', 'exit 0', 'exit 3'), tcompose('up', '-d')),
    exits(1),
    reports('web hook exited with status 3'),
    reports('Container put-back-web-1 was put back'),
    notRecreated('web'),
    state('web', 'running'),
    containers('put-back-db-1', 'put-back-web-1'),
  ),
  step(
    'so does a command that does not exist',
    together(
      edit('compose.yaml', 'exit 3', 'exit 0'),
      edit('compose.yaml', '["sleep", "1000"]', '["nosuchprogram"]'),
      tcompose('up', '-d'),
    ),
    exits(1),
    reports('Container put-back-db-1 was put back'),
    notRecreated('db'),
    state('db', 'running'),
    containers('put-back-db-1', 'put-back-web-1'),
  ),
);

scenario(
  'unreachable',
  'a project of which only the name is known has to be there to be started',
  step(
    'start needs containers',
    tcompose('-p', 'nobody-made-this', 'start'),
    exits(1),
    reports('no container found for project "nobody-made-this": not found'),
  ),
  step('stop does not', tcompose('-p', 'nobody-made-this', 'stop')),
);
