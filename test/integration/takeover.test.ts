import {
  containers,
  inside,
  keepsVolume,
  networks,
  recreated,
  state,
  untouched,
  volumes,
} from '../support/checks.ts';
import { edit, reference, scenario, step, tcompose, together } from '../support/scenario.ts';

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
