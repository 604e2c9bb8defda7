import { exits, reports, silentAbout } from '../support/checks.ts';
import { scenario, step, withEnv } from '../support/scenario.ts';

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
