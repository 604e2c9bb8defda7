import {
  ends,
  holds,
  meanwhile,
  onTerminal,
  removes,
  runs,
  says,
  types,
  writes,
} from '../support/background.ts';
import { exits, inside, prints, reports, silentAbout, state } from '../support/checks.ts';
import {
  edit,
  eventually,
  reference,
  scenario,
  step,
  tcompose,
  together,
} from '../support/scenario.ts';

const many = Object.fromEntries(
  Array.from({ length: 1500 }, (_, at) => [`src/many/d${at % 30}/${at}.txt`, `text ${at}`]),
);

scenario(
  'watched',
  'changes of files come to the containers that run',
  step(
    'every action does its work, and Ctrl-C ends the watch but not the services',
    meanwhile(
      ['watch'],
      says('Watch enabled'),
      // The image is older than all files.
      holds(inside('web', ['cat', '/app/early.txt'], 'first')),

      writes({ 'src/deep/new.txt': 'one', 'src/a.tmp': 'no', 'src/modules/x': 'no' }),
      says('Syncing service "web" after 2 changes were detected'),
      holds(
        eventually(inside('web', ['cat', '/app/deep/new.txt'], 'one')),
        inside('web', ['ls', '-1', '/app'], 'deep\nearly.txt'),
      ),
      holds(
        eventually(
          inside('user', ['stat', '-c', '%u:%g', '/home/user/app/deep/new.txt'], '1000:1000'),
        ),
      ),

      removes('src/deep'),
      holds(eventually(inside('web', ['ls', '/app'], 'early.txt'))),

      writes({ 'conf/app.conf': 'b' }),
      says('service(s) ["web"] restarted'),
      holds(eventually(inside('web', ['cat', '/conf/app.conf'], 'b'))),

      writes({ 'hooks/a': 'b' }),
      says('ran with b'),
      says('ran with b'),
      says('exited with status 3'),

      // A failure ended neither the watch nor the rest.
      writes({ flag: '' }),
      says('service(s) ["web"] restarted'),
    ),
    exits(130),
    silentAbout('Watch disabled'),
    state('web', 'running', 2),
  ),
  step(
    'thousands of files come in few batches, all of them',
    meanwhile(
      ['--verbose', 'watch', '--no-up', 'web'],
      says('Watch enabled'),
      writes(many),
      says('Syncing service "web"'),
      holds(eventually(inside('web', ['sh', '-c', 'find /app/many -type f | wc -l'], '1500'))),
      says('batch complete: duration['),
      removes('src/many'),
      holds(eventually(inside('web', ['ls', '/app'], 'early.txt'))),
    ),
    exits(130),
  ),
  step(
    'directories may go and come back',
    meanwhile(
      ['watch', '--no-up', 'web'],
      says('Watch enabled'),
      removes('src'),
      holds(eventually(inside('web', ['ls', '/app'], ''))),
      writes({ 'src/again/new.txt': 'back' }),
      holds(eventually(inside('web', ['cat', '/app/again/new.txt'], 'back'))),
    ),
    exits(130),
  ),
  step(
    'a project is watched once, whichever tool watches it',
    meanwhile(
      ['watch', '--no-up'],
      says('Watch enabled'),
      runs(
        tcompose('watch', '--no-up'),
        exits(1),
        reports('cannot take exclusive lock for project "watched": process with PID '),
      ),
      runs(
        reference('docker-compose', 'watch', '--no-up'),
        exits(1),
        reports('cannot take exclusive lock for project "watched": process with PID '),
      ),
    ),
    exits(130),
  ),
);

scenario(
  'rebuilt',
  'changes of a build context rebuild the image and replace the containers that run it',
  step(
    'only the service itself is built and replaced',
    meanwhile(
      ['watch', '--quiet'],
      says('Watch enabled'),
      writes({ 'app/data/text': 'two' }),
      says('Rebuilding service(s) ["web"] after changes were detected...'),
      says('service(s) ["web"] successfully built'),
      holds(eventually(inside('web', ['cat', '/data/text'], 'two'))),
      holds(inside('base', ['cat', '/data/text'], 'one')),
      // A build that fails leaves the container alone and the watch on.
      writes({ 'app/data/broken': '' }),
      says('Build failed. Error: '),
      removes('app/data/broken'),
      says('service(s) ["web"] successfully built'),
    ),
    exits(130),
    state('web', 'running'),
    state('base', 'running'),
  ),
);

scenario(
  'unwatched',
  'a watch knows the older name of develop, up does not',
  step(
    'files come to the container',
    together(
      edit(
        'compose.yaml',
        'stop_grace_period: 0s',
        'stop_grace_period: 0s\n    x-develop: {watch: [{path: ., action: sync, target: /app}]}',
      ),
      meanwhile(
        ['watch'],
        says('Watch enabled'),
        writes({ 'new.txt': 'one' }),
        says('Syncing service "web" after 1 changes were detected'),
        holds(eventually(inside('web', ['cat', '/app/new.txt'], 'one'))),
      ),
    ),
    exits(130),
    reports('x-develop is DEPRECATED, please use the official `develop` attribute'),
  ),
  step(
    'up finds nothing to watch',
    tcompose('up', '--watch'),
    exits(1),
    reports('none of the selected services is configured for watch, see https://docs.docker.com'),
  ),
);

scenario(
  'unwatched',
  'a watch needs something to watch',
  step(
    'nothing is started when no service says what to watch',
    tcompose('watch'),
    exits(1),
    reports(
      "none of the selected services is configured for watch, consider setting a 'develop' section",
    ),
    state('web', 'running', 0),
  ),
  step(
    'unknown services are refused',
    tcompose('watch', 'nope'),
    exits(1),
    reports('no such service: nope'),
  ),
);

scenario(
  'watched',
  'up --watch shows what it does among the output of containers',
  step(
    'a sync and a restart are told, and the containers go on',
    meanwhile(
      ['up', '--watch', 'web'],
      says('Attaching to web-1, web-2'),
      says('        \u29BF Watch enabled'),
      writes({ 'src/new.txt': 'one' }),
      says('        \u29BF Syncing service "web" after 1 changes were detected'),
      holds(eventually(inside('web', ['cat', '/app/new.txt'], 'one'))),
      writes({ 'conf/app.conf': 'b' }),
      says('        \u29BF service(s) ["web"] restarted'),
    ),
    exits(130),
    state('web', 'exited', 2),
  ),
  step(
    'a restart is not the end that --abort-on-container-exit waits for',
    meanwhile(
      ['up', '--watch', '--abort-on-container-exit', 'web'],
      says('Watch enabled'),
      writes({ 'conf/app.conf': 'c' }),
      says('service(s) ["web"] restarted'),
      writes({ 'conf/app.conf': 'd' }),
      says('service(s) ["web"] restarted'),
    ),
    exits(130),
  ),
);

scenario(
  'rebuilt',
  'up --watch replaces containers without ending',
  step(
    'the new container is shown in the place of the old one',
    meanwhile(
      ['up', '--watch', '--abort-on-container-exit', '--quiet-build'],
      says('Watch enabled'),
      writes({ 'app/data/text': 'two' }),
      says('service(s) ["web"] successfully built'),
      says('web-1 has been recreated'),
      holds(eventually(inside('web', ['cat', '/data/text'], 'two'))),
    ),
    exits(130),
    state('web', 'exited'),
  ),
  step(
    'an interrupt in the middle of it leaves nothing running',
    meanwhile(
      ['up', '--watch', '--quiet-build'],
      says('Watch enabled'),
      writes({ 'app/data/text': 'three' }),
      says('web-1 has been recreated'),
    ),
    exits(130),
    state('web', 'exited'),
    state('base', 'exited'),
  ),
);

scenario(
  'watched',
  'keys below the output switch the watch and detach',
  step(
    'w watches, w again ends that, d leaves everything running',
    onTerminal(
      ['up', 'web'],
      says(' Enable Watch'),
      types('w'),
      says('Watch enabled'),
      says(' Disable Watch'),
      writes({ 'src/new.txt': 'one' }),
      says('Syncing service "web"'),
      types('w'),
      says('Watch disabled'),
      says(' Enable Watch'),
      types('d'),
      ends(),
    ),
    exits(0),
    // The cursor is shown again.
    prints(/\u001B\[\?25h[^\u001B]*$/),
    state('web', 'running', 2),
  ),
  step(
    'Ctrl-C stops the services',
    onTerminal(['up', 'web'], says(' Enable Watch'), types('\u0003'), ends()),
    exits(130),
    prints('Gracefully Stopping... press Ctrl+C again to force'),
    state('web', 'exited', 2),
  ),
  step(
    'there is no menu where it is declined',
    onTerminal(['up', '--menu=false', 'web'], says('Attaching to'), says('web-2')),
    exits(130),
    silentAbout('Enable Watch'),
  ),
);

scenario(
  'unwatched',
  'a menu says so when there is nothing to watch',
  step(
    'up --watch refuses before it starts anything',
    tcompose('up', '--watch'),
    exits(1),
    reports('none of the selected services is configured for watch, see '),
    state('web', 'running', 0),
  ),
  step(
    'w tells where to read on',
    onTerminal(['up'], says(' Enable Watch'), types('w'), says('watch is not yet configured')),
    exits(130),
    state('web', 'exited'),
  ),
);
