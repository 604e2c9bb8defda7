import {
  containers,
  exits,
  keepsVolume,
  losesVolume,
  networks,
  notRecreated,
  prints,
  recreated,
  reports,
  startedAfter,
  state,
  untouched,
  volumes,
} from '../support/checks.ts';
import { edit, piped, scenario, step, tcompose, together } from '../support/scenario.ts';
import { engineVersion } from '../support/test-engine.ts';

scenario(
  'removed',
  'down removes containers and networks, and volumes only when asked',
  step('up creates all', tcompose('up', '-d'), volumes('removed_named')),
  step(
    'down leaves the volume',
    tcompose('down'),
    containers(),
    networks(),
    volumes('removed_named'),
  ),
  step('down -v takes it too', tcompose('down', '-v'), volumes()),
  step('down with nothing to do is no failure', tcompose('down'), exits(0)),
);

scenario(
  'removed',
  'down -v leaves no anonymous volume behind, inherited or not',
  step('up makes one', tcompose('up', '-d')),
  step(
    'a changed container inherits it',
    together(edit('compose.yaml', 'one', 'two'), tcompose('up', '-d')),
    recreated('store'),
    keepsVolume('store', '/data'),
  ),
  step(
    'down -v removes it where the engine tells which volumes are anonymous',
    tcompose('down', '-v'),
    containers(),
    volumes(),
    ...(engineVersion === '20.10' ? [] : [losesVolume('store', '/data')]),
  ),
);

scenario(
  'stopped',
  'stop, start, restart and kill keep the containers',
  step('up starts both', tcompose('up', '-d'), state('web', 'running')),
  step(
    'stop ends them',
    tcompose('stop'),
    state('web', 'exited'),
    state('db', 'exited'),
    notRecreated('web'),
  ),
  step(
    'start brings them back in order',
    tcompose('start'),
    state('web', 'running'),
    startedAfter('web', 'db'),
    notRecreated('web'),
  ),
  step('restart does too', tcompose('restart'), state('web', 'running'), notRecreated('web')),
  step('kill ends one', tcompose('kill', 'web'), state('web', 'exited'), untouched('db')),
  step(
    'rm asks first',
    piped('n\n', 'rm'),
    prints('Going to remove stopped-web-1'),
    untouched('web'),
  ),
  step(
    'rm removes what is stopped',
    tcompose('rm', '-f'),
    containers('stopped-db-1'),
    untouched('db'),
  ),
  step(
    'up completes the project again',
    tcompose('up', '-d'),
    state('web', 'running'),
    untouched('db'),
  ),
);

scenario(
  'exit-codes',
  'exit codes are those of the containers where that is asked for',
  step(
    '--exit-code-from gives the code of the service and stops the others',
    tcompose('up', '--exit-code-from', 'job'),
    exits(7),
    state('job', 'exited'),
    state('helper', 'exited'),
  ),
  step(
    'an unknown service is an error',
    tcompose('up', '-d', 'nobody'),
    exits(1),
    reports('no such service: nobody'),
  ),
  step('so is a file that is not there', tcompose('-f', 'none.yaml', 'up'), exits(1)),
  step('and a flag that does not exist', tcompose('up', '--sideways'), exits(1)),
);
