import { containers, exits, prints, reports, silentAbout, state } from '../support/checks.ts';
import { onceAsked } from '../support/overheard.ts';
import { execute, scenario, step, tcompose } from '../support/scenario.ts';

scenario(
  'frozen',
  'pause freezes containers and unpause lets them go on',
  step('up starts all', tcompose('up', '-d'), state('web', 'running', 2)),
  step(
    'pause freezes every replica of a service',
    tcompose('pause', 'web'),
    state('web', 'paused', 2),
    state('db', 'running'),
    reports(' Container frozen-web-2 Paused'),
    silentAbout('Pausing'),
  ),
  step(
    'pause freezes the rest, and tells what was frozen already',
    tcompose('pause'),
    exits(1),
    state('db', 'paused'),
    reports(/^Error response from daemon: Container [0-9a-f]{64} is already paused\n/m),
    reports('it is frozen-web-1;'),
  ),
  step('top works on frozen containers', tcompose('top', 'db'), prints(/^db +1 /m)),
  step(
    'unpause takes a name instead of files',
    tcompose('-p', 'frozen', 'unpause', 'web'),
    state('web', 'running', 2),
    state('db', 'paused'),
  ),
  step(
    'unpause of what runs is a failure',
    tcompose('unpause', 'web'),
    exits(1),
    reports(/^Error response from daemon: Container [0-9a-f]{64} is not paused\n/m),
    reports('it is frozen-web-1;'),
  ),
  step(
    'a misspelt service is refused',
    tcompose('pause', 'wbe'),
    exits(1),
    reports('no such service: wbe'),
    reports('did you mean web?'),
  ),
  step(
    'a dry run only tells',
    tcompose('--dry-run', 'pause', 'web'),
    prints('pause'),
    state('web', 'running', 2),
  ),
  step('down removes frozen containers too', tcompose('down'), containers()),
  step(
    'without containers there is nothing to pause',
    tcompose('pause'),
    reports('No container to pause'),
  ),
);

scenario(
  'awaited',
  'wait ends with the exit code of the container it waits for',
  step(
    'without containers there is nothing to wait for',
    tcompose('wait', 'task'),
    exits(1),
    reports('no containers for project "awaited"'),
  ),
  step('up starts both', tcompose('up', '-d'), state('task', 'running')),
  step(
    'wait prints how the container ended',
    onceAsked(/^POST .*\/wait/, execute('task', 'touch', '/end'), 'wait', 'task'),
    exits(7),
    prints(/^container "[0-9a-f]{64}" exited with status code 7\n$/),
    state('task', 'exited'),
    state('idle', 'running'),
  ),
  step(
    'what has ended cannot be waited for',
    tcompose('wait', 'task'),
    exits(1),
    reports('no containers for project "awaited"'),
    reports('ps -a task'),
  ),
  step('it runs again', tcompose('up', '-d', '--force-recreate'), state('task', 'running')),
  step(
    'wait --down-project removes everything then',
    onceAsked(/^POST .*\/wait/, execute('task', 'touch', '/end'), 'wait', '--down-project', 'task'),
    exits(7),
    containers(),
  ),
);
