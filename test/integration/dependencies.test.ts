import {
  exits,
  healthy,
  inside,
  inspected,
  reports,
  silentAbout,
  startedAfter,
  state,
} from '../support/checks.ts';
import { atTerminal, scenario, step, tcompose } from '../support/scenario.ts';
import { type } from '../support/terminal.ts';

scenario(
  'healthy-first',
  'a service that needs a healthy one starts when that is healthy',
  step(
    'up waits for the health check',
    tcompose('up', '-d'),
    healthy('db'),
    state('app', 'running'),
    startedAfter('app', 'db'),
  ),
);

scenario(
  'healthy-first',
  'whoever detaches while a dependency is waited for gets the rest all the same',
  step(
    'd ends the output, not the work',
    atTerminal([type('d', ' Enable Watch')], 'up'),
    exits(0),
    silentAbout('internal error'),
    healthy('db'),
    state('app', 'running'),
  ),
);

scenario(
  'never-healthy',
  'a dependency that turns unhealthy fails the command, and its dependents do not start',
  step(
    'up says who is unhealthy',
    tcompose('up', '-d'),
    exits(1),
    reports('dependency failed to start: container never-healthy-db-1 is unhealthy'),
    state('app', 'created'),
  ),
);

scenario(
  'completed-first',
  'a service that needs a job done starts when that has ended well',
  step(
    'up waits for the job',
    tcompose('up', '-d'),
    state('migrate', 'exited'),
    state('app', 'running'),
    inside('app', ['cat', '/shared/migrated'], 'done'),
  ),
);

scenario(
  'failed-first',
  'a job that fails fails the command, and its dependents do not start',
  step(
    'up says who failed, and how',
    tcompose('up', '-d'),
    exits(1),
    reports('service "migrate" didn\'t complete successfully: exit 3'),
    state('app', 'created'),
  ),
);

scenario(
  'waited',
  '--wait returns when everything is healthy or running',
  step(
    'the slow service is healthy at once afterwards',
    tcompose('up', '-d', '--wait'),
    healthy('slow'),
    state('plain', 'running'),
  ),
);

scenario(
  'never-ready',
  '--wait-timeout ends the waiting',
  step(
    'the command fails and says how long it waited; the container stays',
    tcompose('up', '-d', '--wait', '--wait-timeout', '1'),
    exits(1),
    reports('application not healthy after 1s'),
    state('slow', 'running'),
    inspected(
      'slow',
      'its health is still open',
      ({ State }) => State.Health?.Status === 'starting',
    ),
  ),
);
