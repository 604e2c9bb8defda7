import { containers, exits, inspected, prints, reports, untouched } from '../support/checks.ts';
import { scenario, step, tcompose, withEnv } from '../support/scenario.ts';

const docker = { DOCKER_CONFIG: 'docker' };

const environment = (service: string, ...expected: readonly string[]) =>
  inspected(service, `has ${expected.join(' ')}`, ({ Config }) =>
    expected.every((line) => (Config.Env ?? []).includes(line)),
  );

scenario(
  'modelled',
  'models are pulled and configured, and services know where they are',
  step(
    'without the plugin up says how to get it',
    tcompose('up', '-d'),
    exits(1),
    reports("'models' support requires Docker Model plugin"),
    reports('docker-model-plugin'),
    containers(),
  ),
  step(
    'a model that cannot be had is told with the reason',
    withEnv({ ...docker, MODEL_FAILS: '1' }, 'up', '-d'),
    exits(1),
    reports('failed to pull model ai/elsewhere: exit status 1'),
    reports('no such model'),
    containers(),
  ),
  step(
    'up gets what is missing and tells services',
    withEnv(docker, 'up', '-d'),
    reports(/ big Pulling .*\n[^]* big Pulled .*\n[^]* big Configured /),
    reports(' small-one Configured'),
    environment('app', 'SMALL_ONE_MODEL=ai/here', 'SMALL_ONE_URL=http://models:12434/engines/v1/'),
    environment('chat', 'WHICH=ai/elsewhere', 'WHERE=http://models:12434/engines/v1/'),
  ),
  step('once is enough', withEnv(docker, 'up', '-d'), untouched('app'), untouched('chat')),
  step(
    'a plan needs no plugin',
    tcompose('plan', '--format', 'text'),
    prints(/model:big, prepare-model, used by services/),
    prints(/^(?![^]*create-container)/),
  ),
);
