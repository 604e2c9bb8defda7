import { mkdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { inside, inspected, prints, untouched } from '../support/checks.ts';
import { reference, scenario, step, tcompose, withEnv, type Action } from '../support/scenario.ts';

/** Logs in to a registry, in a docker configuration of the scenario's own. */
const logIn: Action = ({ folder }) => {
  mkdirSync(join(folder, 'docker'));
  renameSync(join(folder, 'config.json'), join(folder, 'docker/config.json'));
  return Promise.resolve({ argv: ['login'], code: 0, stdout: '', stderr: '' });
};

const docker = { DOCKER_CONFIG: 'docker' };

scenario(
  'reaching',
  'a service that asks for it gets the socket of the engine and the logins to registries',
  step('somebody is logged in', logIn),
  step(
    'up mounts the socket and hands over the logins, which nothing shows',
    withEnv(docker, 'up', '-d'),
    inspected('agent', 'has the socket and its configuration', ({ Config, HostConfig }) => {
      const mounts = JSON.stringify(HostConfig);
      return (
        mounts.includes('/var/run/docker.sock') &&
        (Config.Env ?? []).includes('DOCKER_CONFIG=/run/secrets/docker')
      );
    }),
    inspected('agent', 'shows no login', (details) => {
      const text = JSON.stringify(details);
      return !text.includes('Ym9iOmhpZGRlbg==') && !text.includes('hidden');
    }),
    inspected('own', 'keeps its DOCKER_CONFIG', ({ Config }) =>
      (Config.Env ?? []).includes('DOCKER_CONFIG=/mine'),
    ),
    inside(
      'agent',
      ['grep', '-o', 'Ym9iOmhpZGRlbg==', '/run/secrets/docker/config.json'],
      'Ym9iOmhpZGRlbg==',
    ),
  ),
  step('without the login nothing is replaced', tcompose('up', '-d'), untouched('agent')),
  step('nor by a plan', tcompose('plan'), prints('Nothing to do')),
  step('nor by Compose', reference('docker-compose', 'up', '-d'), untouched('agent')),
  step(
    'run hands it over too',
    withEnv(docker, 'run', '--rm', '-T', 'agent', 'cat', '/run/secrets/docker/config.json'),
    prints('Ym9iOmhpZGRlbg=='),
  ),
);
