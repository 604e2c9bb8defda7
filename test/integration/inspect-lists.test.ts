import { exits, prints, printsExactly, printsJson, reports, state } from '../support/checks.ts';
import { eventually, scenario, step, tcompose } from '../support/scenario.ts';

scenario(
  'inspected',
  'port, top, images and volumes tell what a project has',
  step('up starts all', tcompose('up', '-d'), eventually(state('ended', 'exited'))),
  step(
    'port prints where a port is published',
    tcompose('port', 'web', '8080'),
    prints(/^0\.0\.0\.0:\d+\n$/),
  ),
  step(
    'port prints the address too',
    tcompose('port', 'web', '443'),
    printsExactly('127.0.0.1:18443'),
  ),
  step(
    'a port that is only exposed is nowhere',
    tcompose('port', 'web', '9000'),
    printsExactly(':0'),
    reports('not published'),
  ),
  step(
    'other ports are refused with those there are',
    tcompose('port', '--protocol', 'UDP', 'web', '8080'),
    exits(1),
    reports('no port 8080/udp for container inspected-web-1: 443/tcp, 8080/tcp, 9000/tcp'),
  ),
  step(
    'a replica that there is not is refused',
    tcompose('port', '--index', '3', 'db', '80'),
    exits(1),
    reports('service "db" is not running container #3'),
    reports('#1, #2'),
  ),
  step(
    'a service that does not run is refused',
    tcompose('port', 'ended', '80'),
    exits(1),
    reports('service "ended" is not running'),
    reports('ps -a ended'),
  ),
  step(
    'top lists processes by service and replica',
    tcompose('top'),
    prints(/^SERVICE +# +UID +PID .* CMD$/m),
    prints(/^db +2 .*tail -f \/dev\/null$/m),
    prints(/^web +1 .*httpd -f -p 8080 -h \/srv$/m),
  ),
  step(
    'top of a name that has no container says so',
    tcompose('top', 'wbe'),
    printsExactly(''),
    reports('did you mean web?'),
  ),
  step(
    'images has a row for each container, ended ones too',
    tcompose('images'),
    prints(/^CONTAINER +REPOSITORY +TAG +PLATFORM +IMAGE ID +SIZE +CREATED$/m),
    prints(/^inspected-ended-1 +busybox +latest +linux\/amd64 +[0-9a-f]{12} +[\d.]+MB +.* ago$/m),
  ),
  step(
    'images of one service as JSON',
    tcompose('images', '--format', 'json', 'web'),
    printsJson('one image', (value) => {
      const rows = value as readonly { readonly ContainerName: string; readonly Tag: string }[];
      return rows.length === 1 && rows[0]?.ContainerName === 'inspected-web-1';
    }),
  ),
  step('images -q has every id once', tcompose('images', '-q', 'db'), prints(/^[0-9a-f]{64}\n$/)),
  step(
    'volumes lists those that services use',
    tcompose('volumes'),
    printsExactly('DRIVER    VOLUME NAME\nlocal     inspected_data\nlocal     inspected_tables'),
  ),
  step(
    'volumes of one service',
    tcompose('volumes', '-q', 'db'),
    printsExactly('inspected_tables'),
  ),
  step(
    'all of it works with the name alone',
    tcompose('-p', 'inspected', 'volumes', '--format', '{{.Name}}'),
    printsExactly('inspected_data\ninspected_tables'),
  ),
  step(
    'volumes of an unknown service are refused',
    tcompose('volumes', 'wbe'),
    exits(1),
    reports('no such service: wbe'),
  ),
);
