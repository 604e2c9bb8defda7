import { exits, prints, reports, silentAbout, state, untouched } from '../support/checks.ts';
import { scenario, signalled, step, tcompose } from '../support/scenario.ts';

scenario(
  'interrupted',
  'an interrupted up stops what it was asked for and nothing else',
  step('db runs already', tcompose('up', '-d', 'db'), state('db', 'running')),
  step(
    'Ctrl-C stops the service that was named, not what it needs',
    signalled([{ after: 'Attaching to web-1', signal: 'SIGINT' }], 'up', 'web'),
    exits(130),
    reports('Gracefully Stopping... press Ctrl+C again to force'),
    untouched('db'),
  ),
  step(
    'SIGTERM stops all when nothing was named',
    signalled([{ after: ' Container interrupted-web-1 Started ', signal: 'SIGTERM' }], 'up'),
    exits(130),
    state('web', 'exited'),
    state('db', 'exited'),
  ),
  step(
    'the second Ctrl-C kills what does not stop',
    signalled(
      [
        { after: 'ready', signal: 'SIGINT' },
        { after: 'Stopping ', signal: 'SIGINT' },
      ],
      '--profile=stubborn',
      'up',
      'stubborn',
    ),
    exits(130),
    reports('Container interrupted-stubborn-1 Killed'),
    state('stubborn', 'exited'),
  ),
);

scenario(
  'followed',
  'whoever interrupts the following of logs is told so by the exit code',
  step('up starts the service', tcompose('up', '-d'), state('web', 'running')),
  step(
    'an interrupt is no success',
    signalled([{ after: 'ready', signal: 'SIGINT' }], 'logs', '--follow'),
    exits(130),
    untouched('web'),
  ),
);

scenario(
  'aborted',
  'the end of a container ends the others where that is asked for',
  step(
    'only ends that are shown are told',
    tcompose('up', '--abort-on-container-failure', '--attach', 'job'),
    exits(5),
    prints('job-1 exited with code 5'),
    silentAbout('noisy-1 exited'),
    reports('Aborting on container exit...'),
    state('db', 'exited'),
  ),
  step(
    'services that were not named go on',
    tcompose('up', '--abort-on-container-exit', 'job'),
    exits(5),
    state('db', 'running'),
  ),
);

scenario(
  'aborted-early',
  'the end of a container ends an up that still waits for another',
  step(
    'up ends with its code and stops what runs',
    tcompose('up', '--abort-on-container-exit'),
    exits(5),
    state('db', 'exited'),
    state('web', 'created'),
  ),
);

scenario(
  'hooked',
  'what hooks print stands among the output of the containers',
  step(
    'up shows hooks after the start and before the stop, and tells of the one that has ended, too',
    tcompose('up', '--abort-on-container-exit'),
    exits(0),
    prints(/^web-1 -> +\| ready to serve$/m),
    prints(/^web-1 -> +\| saying goodbye$/m),
    reports(/Container hooked-job-1 +Stopped/),
    reports(/Container hooked-web-1 +Stopped/),
  ),
  step('those who do not watch see nothing of it', tcompose('up', '-d', 'web'), prints('')),
);
