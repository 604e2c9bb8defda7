import { healthy, prints, printsExactly, printsJson, state } from '../support/checks.ts';
import { eventually, scenario, step, tcompose, withEnv } from '../support/scenario.ts';

interface Row {
  readonly Name: string;
  readonly State: string;
  readonly Health: string;
  readonly Service: string;
}

scenario(
  'listed',
  'ps, ls and logs tell what there is',
  step(
    'up starts the services',
    tcompose('up', '-d'),
    eventually(state('talker', 'exited')),
    eventually(healthy('web')),
  ),
  step(
    'ps shows what runs',
    tcompose('ps'),
    prints(/^NAME +IMAGE +COMMAND +SERVICE +CREATED +STATUS +PORTS/),
  ),
  step(
    'ps --services names the running services',
    tcompose('ps', '--services'),
    printsExactly('web'),
  ),
  step(
    'ps -a --services all of them',
    tcompose('ps', '-a', '--services', '--orphans=false'),
    prints(/talker/),
    prints(/web/),
  ),
  step(
    'ps --format json gives a line of JSON for each',
    tcompose('ps', '--format', 'json'),
    printsJson('one healthy container', (value) => {
      const row = value as Row;
      return row.Name === 'listed-web-1' && row.Health === 'healthy' && row.State === 'running';
    }),
  ),
  step(
    'ps tells when containers were made in local time',
    withEnv({ TZ: 'Asia/Kolkata' }, 'ps', '--format', '{{.CreatedAt}}'),
    prints(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+0530 IST\n$/),
  ),
  step('ps -q gives ids', tcompose('ps', '-q'), prints(/^[0-9a-f]{64}\n$/)),
  step(
    'ls --format json lists the project',
    tcompose('ls', '--format', 'json'),
    printsJson('running(1)', (value) =>
      (value as readonly { readonly Name: string; readonly Status: string }[]).some(
        (each) => each.Name === 'listed' && each.Status === 'running(1)',
      ),
    ),
  ),
  step(
    'logs prefixes each line with its container',
    tcompose('logs', '--no-color', 'talker'),
    prints(/^talker-1 +\| out$/m),
    prints(/^talker-1 +\| err$/m),
  ),
  step(
    'logs tells programs what is what',
    tcompose('logs', '--json', '--tail', '1', 'talker'),
    printsJson('service, stream and time', (value) => {
      const { service, number, stream, time } = value as Record<string, unknown>;
      return (
        service === 'talker' &&
        number === 1 &&
        ['stdout', 'stderr'].includes(String(stream)) &&
        Number.isFinite(Date.parse(String(time)))
      );
    }),
  ),
  step(
    'logs can be bare',
    tcompose('logs', '--no-log-prefix', 'talker'),
    prints(/^out$/m),
    prints(/^err$/m),
  ),
);
