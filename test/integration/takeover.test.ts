import {
  containers,
  inside,
  inspected,
  keepsVolume,
  networks,
  notRecreated,
  prints,
  recreated,
  state,
  untouched,
  volumes,
} from '../support/checks.ts';
import {
  edit,
  reference,
  scenario,
  step,
  tcompose,
  together,
  withEnv,
} from '../support/scenario.ts';

/** What the test images are made for. */
const platform = `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;

const all = ['db', 'web', 'worker'].map((service) => untouched(service));

for (const tool of ['docker-compose', 'docker-compose-2.26'] as const) {
  scenario(
    'taken-over',
    `a project that ${tool} started is taken over without touching it`,
    step(`${tool} starts it`, reference(tool, 'up', '-d'), state('worker', 'running', 2)),
    step('tcompose finds it as wanted', tcompose('up', '-d'), ...all),
    step(
      'a change recreates only its service, which keeps its volumes',
      together(edit('compose.yaml', 'production', 'test'), tcompose('up', '-d')),
      recreated('web'),
      keepsVolume('web', '/anonymous'),
      keepsVolume('web', '/data'),
      inside('web', ['sh', '-c', 'echo $MODE'], 'test'),
      untouched('db'),
      untouched('worker'),
    ),
    step(
      'scaling adds to its replicas',
      tcompose('up', '-d', '--scale', 'worker=3'),
      state('worker', 'running', 3),
      untouched('worker'),
    ),
    step('down removes all of it', tcompose('down', '-v'), containers(), networks(), volumes()),
  );
}

scenario(
  'handed-back',
  `docker-compose takes over a project that tcompose started, without touching it`,
  step('tcompose starts it', tcompose('up', '-d'), state('worker', 'running', 2)),
  step(`docker-compose finds it as wanted`, reference('docker-compose', 'up', '-d'), ...all),
  step(
    `docker-compose scales it`,
    reference('docker-compose', 'up', '-d', '--scale', 'worker=1'),
    state('worker', 'running'),
  ),
  step(
    `docker-compose removes all of it`,
    reference('docker-compose', 'down', '-v'),
    containers(),
    networks(),
    volumes(),
  ),
);

const many = ['web', 'db', 'sidecar', 'talker', 'built', 'worker'];

for (const tool of ['docker-compose', 'docker-compose-2.26'] as const) {
  scenario(
    'many-features',
    `whatever a service uses, its containers that ${tool} started are taken over`,
    step(`${tool} starts it`, reference(tool, 'up', '-d'), state('worker', 'running', 2)),
    step(
      'tcompose finds it as wanted',
      tcompose('up', '-d'),
      ...many.map((service) => untouched(service)),
    ),
    step('ps shows it', tcompose('ps'), prints(/many-features-web-1 .*18101->8080\/tcp/)),
    step('logs reads it', tcompose('logs', 'talker'), prints(/^talker-1 +\| talker is here$/m)),
    step(
      'stop stops it',
      tcompose('stop'),
      ...many.slice(0, 5).map((name) => state(name, 'exited')),
    ),
    step(
      'start starts the same containers, with what is mounted into them',
      tcompose('start'),
      ...many.map((service) => notRecreated(service)),
      state('sidecar', 'running'),
      inside('db', ['cat', '/run/secrets/copy'], 'secret'),
    ),
    step(
      'down removes all of it',
      tcompose('down', '-v', '--rmi', 'local'),
      containers(),
      networks(),
      volumes(),
    ),
  );
}

scenario(
  'many-features',
  'whatever a service uses, docker-compose finds what tcompose started as wanted',
  step('tcompose starts it', tcompose('up', '-d'), state('worker', 'running', 2)),
  step(
    'docker-compose finds it as wanted',
    reference('docker-compose', 'up', '-d'),
    ...many.map((service) => untouched(service)),
  ),
  step('docker-compose restarts it', reference('docker-compose', 'restart', 'talker', 'worker')),
  step(
    'docker-compose removes all of it',
    reference('docker-compose', 'down', '-v', '--rmi', 'local'),
    containers(),
    networks(),
    volumes(),
  ),
);

scenario(
  'handed-back',
  'with --compatibility, docker-compose finds everything under the names of Compose 1',
  step(
    'tcompose starts it',
    tcompose('--compatibility', 'up', '-d', '--scale', 'worker=3'),
    containers(
      'handed-back_db_1',
      'handed-back_web_1',
      'handed-back_worker_1',
      'handed-back_worker_2',
      'handed-back_worker_3',
    ),
    inspected('db', 'it is reached by that name', ({ NetworkSettings }) =>
      JSON.stringify(NetworkSettings).includes('"handed-back_db_1"'),
    ),
  ),
  step(
    'docker-compose finds it as wanted',
    reference('docker-compose', '--compatibility', 'up', '-d', '--scale', 'worker=3'),
    ...all,
  ),
  step('tcompose removes it', tcompose('--compatibility', 'down', '-v'), containers(), volumes()),
);

scenario(
  'handed-back',
  'a default platform changes nothing about images that have it',
  step('tcompose starts it', withEnv({ DOCKER_DEFAULT_PLATFORM: platform }, 'up', '-d')),
  step('and leaves it alone', withEnv({ DOCKER_DEFAULT_PLATFORM: platform }, 'up', '-d'), ...all),
);
