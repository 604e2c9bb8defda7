import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  containers,
  exits,
  inspected,
  prints,
  recreated,
  reports,
  silentAbout,
  startedAfter,
  untouched,
} from '../support/checks.ts';
import {
  edit,
  reference,
  scenario,
  signalled,
  step,
  tcompose,
  together,
  withEnv,
  type Check,
} from '../support/scenario.ts';

/** How the stand-in was called since the last such check; `P` is the project. */
function called(...lines: readonly string[]): Check {
  return {
    title: `the provider is called: ${lines.join(' | ') || 'not at all'}`,
    verify: async ({ folder, project }) => {
      const path = join(folder, 'calls');
      const calls = existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
      rmSync(path, { force: true });
      const found = calls.map((line) => line.replace(`--project-name=${project}`, 'P')).join('\n');
      return found === lines.join('\n') ? undefined : found;
    },
  };
}

const environment = (service: string, ...expected: readonly string[]): Check =>
  inspected(service, `has ${expected.join(' ') || 'nothing from the provider'}`, ({ Config }) => {
    const given = (Config.Env ?? []).filter((line) => !line.startsWith('PATH='));
    return JSON.stringify(given.toSorted()) === JSON.stringify(expected);
  });

const all = '--size=10 --tag=a --tag=b --type=mysql database';

scenario(
  'provided',
  'a service of a provider comes, stops and goes with the project, and its dependents know where it is',
  step(
    'a plan does not ask it',
    tcompose('plan', '--format', 'text'),
    prints(/provider:database, run-provider, provider service/),
    called(),
  ),
  step(
    'up asks it before it makes containers',
    tcompose('up', '-d'),
    called(`compose P up ${all}`),
    reports(/ database Creating .*\n database preparing .*\n database Created .*\n[^]*Container/),
    reports('provider "database" overrides environment variable "TOKEN" in service "app"'),
    silentAbout('quota'),
    environment('app', 'DATABASE_URL=mysql://cloud:1/?a=b', 'TOKEN=t1'),
    environment('other'),
    startedAfter('app', 'base'),
  ),
  step(
    'the same answer changes nothing',
    tcompose('up', '-d'),
    called(`compose P up ${all}`),
    untouched('app'),
    untouched('base'),
  ),
  step(
    'another answer replaces what depends on it',
    withEnv({ CLOUD_URL: 'mysql://elsewhere' }, 'up', '-d'),
    recreated('app'),
    untouched('base'),
    environment('app', 'DATABASE_URL=mysql://elsewhere', 'TOKEN=t1'),
    called(`compose P up ${all}`),
  ),
  step(
    'without dependencies it is left alone',
    tcompose('up', '-d', '--no-deps', 'other'),
    called(),
  ),
  step(
    'one that does not say that it can stop is not asked to',
    tcompose('stop'),
    called(),
    silentAbout('database'),
  ),
  step(
    'one that does is, with the options that it takes for that',
    withEnv({ CLOUD_METADATA: 'metadata.json' }, 'stop'),
    called('compose P stop --tag=a --tag=b database'),
    reports(' database Stopped'),
  ),
  step(
    'options that it does not know are left out',
    withEnv({ CLOUD_METADATA: 'metadata.json' }, '--verbose', 'up', '-d'),
    called('compose P up --size=10 --tag=a --tag=b database'),
    reports('database: quota is fine'),
  ),
  step(
    'run tells the one-off as well',
    tcompose('run', '--rm', '-T', 'app', 'env'),
    prints(/^DATABASE_URL=mysql:\/\/cloud:1\/\?a=b$/m),
    called(`compose P up ${all}`),
  ),
  step(
    'down asks it once its dependents are gone',
    tcompose('down'),
    called(`compose P down ${all}`),
    reports(/Container \S+app-1 Stopped[^]* database Removed[^]*base-1 Stopped/),
    containers(),
  ),
  step(
    'down of nothing says so, and asks it all the same',
    tcompose('down'),
    reports('No resource found to remove'),
    called(`compose P down ${all}`),
  ),
);

scenario(
  'provided',
  'what goes wrong with a provider is told in its words, and nothing is created',
  step(
    'it says why',
    withEnv({ CLOUD_SAYS: '{"type":"error","message":"no such plan"}' }, 'up', '-d'),
    exits(1),
    reports(/^no such plan\n {2}compose\.yaml:5:5 {2}services\.database\.provider$/m),
    containers(),
  ),
  step(
    'it only fails',
    withEnv({ CLOUD_FAILS: '1' }, 'up', '-d'),
    exits(1),
    reports('failed to create service provider: exit status 3'),
    reports(/wrote: no credit left/),
    containers(),
  ),
  step(
    'it says what nobody understands',
    withEnv({ CLOUD_SAYS: 'hello' }, 'up', '-d'),
    exits(1),
    reports("invalid character 'h' looking for beginning of value"),
    reports('wrote "hello" to standard output'),
  ),
  step(
    'an option is missing',
    together(
      edit('compose.yaml', 'size: 10', 'sizes: 10'),
      withEnv({ CLOUD_METADATA: 'metadata.json' }, 'up', '-d'),
    ),
    exits(1),
    reports('required parameter "size" is missing from provider "./cloud" definition'),
  ),
  step(
    'it is not there',
    together(edit('compose.yaml', './cloud', 'cloud-x'), tcompose('up', '-d')),
    exits(1),
    reports('exec: "cloud-x": executable file not found in $PATH'),
    reports('install "docker-cloud-x" as a docker CLI plugin, or "cloud-x" in PATH'),
    containers(),
  ),
);

scenario(
  'provided',
  'Ctrl-C ends the provider and leaves nothing half made',
  step(
    'the provider is told to end',
    together(
      edit('cloud', 'CLOUD_WAITS', 'HOME'),
      signalled([{ after: 'database waiting', signal: 'SIGINT' }], 'up', '-d'),
    ),
    exits(130),
    called(`compose P up ${all}`, 'ended'),
    containers(),
  ),
);

scenario(
  'provided',
  'what Compose made with a provider is up to date for us, and the other way round',
  step(
    'Compose brings it up',
    together(edit('cloud', 'rawsetenv', 'debug'), reference('docker-compose', 'up', '-d')),
  ),
  step('up changes nothing', tcompose('up', '-d'), untouched('app')),
  step('nor does Compose', reference('docker-compose', 'up', '-d'), untouched('app')),
);
