import {
  containers,
  exits,
  inside,
  inspected,
  keepsVolume,
  networks,
  notRecreated,
  recreated,
  reports,
  serves,
  startedAfter,
  state,
  untouched,
  volumes,
} from '../support/checks.ts';
import {
  edit,
  eventually,
  execute,
  scenario,
  step,
  tcompose,
  together,
} from '../support/scenario.ts';

scenario(
  'started',
  'up creates what the file names and starts it in order',
  step(
    'up -d starts both services',
    tcompose('up', '-d'),
    containers('started-web-1', 'started-worker-1'),
    networks('started_default'),
    volumes('started_state'),
    state('web', 'running'),
    state('worker', 'running'),
    startedAfter('web', 'worker'),
    eventually(serves(18081, 'hello')),
    inside('web', ['wget', '-q', '-O', '-', 'http://web:8080'], 'hello'),
    inside('worker', ['sh', '-c', 'echo $GREETING'], 'hello'),
  ),
);

scenario(
  'unchanged',
  'a second up changes nothing, whatever the service uses',
  step('the first up creates', tcompose('up', '-d'), state('web', 'running')),
  step(
    'the second finds everything as wanted',
    tcompose('up', '-d'),
    untouched('web'),
    untouched('sidecar'),
  ),
  step(
    'so does one that creates only',
    tcompose('up', '--no-start'),
    untouched('web'),
    untouched('sidecar'),
  ),
);

scenario(
  'changed',
  'a change recreates the services it concerns, which keep their anonymous volumes',
  step('up starts all', tcompose('up', '-d'), state('store', 'running')),
  step(
    'a new variable recreates its service only, and restarts who asked for it',
    together(
      execute('store', 'sh', '-c', 'echo kept >/data/file'),
      edit('compose.yaml', 'LEVEL: low', 'LEVEL: high'),
      tcompose('up', '-d'),
    ),
    recreated('store'),
    keepsVolume('store', '/data'),
    inside('store', ['cat', '/data/file'], 'kept'),
    inside('store', ['sh', '-c', 'echo $LEVEL'], 'high'),
    containers('changed-follower-1', 'changed-other-1', 'changed-store-1'),
    untouched('other'),
    notRecreated('follower'),
    startedAfter('follower', 'store'),
  ),
  step(
    '--force-recreate recreates all',
    tcompose('up', '-d', '--force-recreate'),
    recreated('store'),
    recreated('other'),
    keepsVolume('store', '/data'),
  ),
  step(
    '--no-recreate leaves even what changed',
    together(
      edit('compose.yaml', 'LEVEL: high', 'LEVEL: higher'),
      tcompose('up', '-d', '--no-recreate'),
    ),
    untouched('store'),
  ),
);

scenario(
  'renewed',
  '--renew-anon-volumes begins with empty volumes',
  step('up starts the service', tcompose('up', '-d'), state('store', 'running')),
  step(
    'the file in the old volume is gone',
    together(execute('store', 'touch', '/data/file'), tcompose('up', '-d', '--renew-anon-volumes')),
    recreated('store'),
    inside('store', ['ls', '/data'], ''),
  ),
);

scenario(
  'scaled',
  'replicas come and go from the end',
  step(
    'up starts as many as the file says',
    tcompose('up', '-d'),
    containers('scaled-worker-1', 'scaled-worker-2'),
  ),
  step(
    '--scale adds some and leaves the others alone',
    tcompose('up', '-d', '--scale', 'worker=4'),
    state('worker', 'running', 4),
    untouched('worker'),
  ),
  step(
    'scale takes the last ones away',
    tcompose('scale', 'worker=1'),
    containers('scaled-worker-1'),
    state('worker', 'running'),
  ),
  step('even all of them', tcompose('up', '-d', '--scale', 'worker=0'), containers()),
);

scenario(
  'orphaned',
  'containers of services that are gone are reported, and removed when asked',
  step('up starts both', tcompose('up', '-d'), state('old', 'running')),
  step(
    'without its service the old container stays, with a warning',
    tcompose('-f', 'without-old.yaml', 'up', '-d'),
    reports(/Found orphan containers \(\[?orphaned-old-1\]?\) for this project/),
    untouched('old'),
    untouched('web'),
  ),
  step(
    '--remove-orphans removes it',
    tcompose('-f', 'without-old.yaml', 'up', '-d', '--remove-orphans'),
    containers('orphaned-web-1'),
    untouched('web'),
  ),
);

scenario(
  'profiled',
  'profiles choose services',
  step(
    'without a profile only the others start',
    tcompose('up', '-d'),
    containers('profiled-web-1'),
  ),
  step(
    'a profile adds its services',
    tcompose('--profile', 'debug', 'up', '-d'),
    containers('profiled-debugger-1', 'profiled-web-1'),
    untouched('web'),
  ),
  step(
    'naming a service enables its profile',
    tcompose('up', '-d', 'tool'),
    state('tool', 'running'),
    untouched('web'),
  ),
  step(
    'down with all profiles removes all',
    tcompose('--profile', '*', 'down'),
    containers(),
    networks(),
  ),
);

scenario(
  'given-files',
  'secrets and configs are in the container, with the owner and mode asked for',
  step(
    'up delivers them',
    together(
      edit('compose.yaml', 'environment: API_KEY', 'environment: HOME'),
      tcompose('up', '-d'),
    ),
    inside('app', ['cat', '/run/secrets/from-file'], 'a secret'),
    inside('app', ['sh', '-c', 'test -s /run/secrets/renamed && echo yes'], 'yes'),
    inside('app', ['stat', '-c', '%u %a', '/run/secrets/renamed'], '1000 400'),
    inside('app', ['cat', '/etc/app.conf'], 'colour = blue'),
    inside('app', ['cat', '/etc/other.conf'], 'a config'),
    inspected('app', 'the secret is not in its environment or labels', (container) => {
      const { Env, Labels } = container.Config;
      return !JSON.stringify([Env, Labels]).includes('a secret');
    }),
  ),
  step(
    'a secret whose file does not exist is named before the engine refuses it',
    together(
      edit('compose.yaml', './secret.txt', './nowhere.txt'),
      tcompose('up', '-d', '--force-recreate'),
    ),
    exits(1),
    reports('warning: secret file given-files_from-file does not exist\n'),
    reports(/^Error response from daemon: .*bind source path does not exist: .*nowhere\.txt$/m),
  ),
);

scenario(
  'taken-port',
  'a port that is taken fails the command and says which',
  step(
    'the second service cannot have the port of the first',
    tcompose('up', '-d'),
    exits(1),
    reports(/18083/),
    reports(/port is already allocated/),
    state('first', 'running'),
    state('second', 'created'),
  ),
);

scenario(
  'changed-network',
  'a network whose definition changed is replaced, and its services still find each other',
  step(
    'names work on the first network',
    tcompose('up', '-d'),
    inside('client', ['wget', '-q', '-O', '-', 'http://web:8080'], 'hello'),
  ),
  step(
    'names work on the new one',
    together(edit('compose.yaml', 'one', 'two'), tcompose('up', '-d')),
    networks('changed-network_inner'),
    eventually(inside('client', ['wget', '-q', '-O', '-', 'http://shop:8080'], 'hello')),
    notRecreated('client'),
    inside('web', ['cat', '/sys/class/net/eth0/address'], '02:42:00:00:00:aa'),
  ),
);

scenario(
  'built',
  'up builds what has no image yet, and again when asked',
  step(
    'the first up builds',
    tcompose('up', '-d'),
    inside('app', ['cat', '/greeting', '/file.txt'], 'hello\ncontent'),
  ),
  step('the second has no need to', tcompose('up', '-d'), untouched('app')),
  step(
    '--build notices a changed file and recreates',
    together(edit('app/file.txt', 'content', 'changed'), tcompose('up', '-d', '--build')),
    recreated('app'),
    inside('app', ['cat', '/file.txt'], 'changed'),
  ),
);
