import { exits, prints, printsExactly, reports, state } from '../support/checks.ts';
import {
  eventually,
  losingEngine,
  piped,
  scenario,
  scriptAtTerminal,
  shell,
  signalled,
  step,
  tcompose,
  together,
} from '../support/scenario.ts';
import { engineVersion } from '../support/test-engine.ts';
import { shrink, signalProgram, type } from '../support/terminal.ts';

/** Around a command at a terminal: tells when it leaves the terminal as it was. */
const remembering = 'before=$(stty -g);';
const comparing = 'code=$?; [ "$before" = "$(stty -g)" ] && echo as before; exit $code';

/** An engine that tells some faults in the output of a command that could not begin. */
const old = engineVersion === '20.10';

const up = step(
  'up starts the services',
  tcompose('up', '-d'),
  state('web', 'running', 2),
  eventually(state('off', 'exited')),
);

scenario(
  'commanded',
  'a command runs in a container, with the options given and nothing else',
  up,
  step(
    'what it writes goes where it wrote it',
    tcompose('exec', '-T', 'web', 'sh', '-c', 'echo out; echo err >&2'),
    printsExactly('out\n'),
    reports(/^err\n$/),
  ),
  step(
    'its exit code is passed on',
    tcompose('exec', '-T', 'web', 'sh', '-c', 'exit 42'),
    exits(42),
  ),
  step(
    'what follows the service belongs to the command',
    tcompose('exec', '--no-TTY', 'web', 'echo', '-T', '--index', '9', '--', '--help'),
    printsExactly('-T --index 9 -- --help\n'),
  ),
  step(
    'user, directory and variables are as asked for',
    shell(`
      "$TCOMPOSE" exec -T -u 1000 -w /tmp -e A=1=2 -e FROM_FILE -e UNKNOWN web \\
        sh -c 'id -u; pwd; echo "$A $GREETING $FROM_FILE \${UNKNOWN-unset}"'`),
    printsExactly('1000\n/tmp\n1=2 hello from the project unset\n'),
  ),
  step(
    'a replica is chosen by its number',
    tcompose('exec', '-T', '--index', '2', 'web', 'touch', '/here'),
    prints(''),
  ),
  step(
    'and the first one otherwise',
    tcompose('exec', '-T', 'web', 'test', '-e', '/here'),
    exits(1),
  ),
  step(
    'privileged is more than usual',
    shell(`
      rights() { "$TCOMPOSE" exec -T "$@" web grep CapEff /proc/self/status; }
      [ "$(rights)" != "$(rights --privileged)" ] && echo more`),
    printsExactly('more\n'),
  ),
  step(
    'in the background its end does not count',
    tcompose('exec', '-d', 'web', 'sh', '-c', 'echo done > /background; exit 3'),
    printsExactly(''),
  ),
  step(
    'but it has run',
    tcompose('exec', '-T', 'web', 'sh', '-c', 'until [ -s /background ]; do :; done'),
  ),
  step(
    'no file is needed where the project has a name',
    shell('cd / && "$TCOMPOSE" -p commanded exec -T web echo found'),
    printsExactly('found\n'),
  ),
);

scenario(
  'commanded',
  'whoever asks for a command that cannot run is told why, in the words of Compose',
  up,
  step(
    'a service that does not run',
    tcompose('exec', '-T', 'off', 'true'),
    exits(1),
    reports('service "off" is not running\n'),
  ),
  step(
    'a service that may be misspelt',
    tcompose('exec', '-T', 'wbe', 'true'),
    exits(1),
    reports('service "wbe" is not running\n  help: did you mean web?\n'),
  ),
  step(
    'a replica that does not exist',
    tcompose('exec', '-T', '--index', '3', 'web', 'true'),
    exits(1),
    reports('service "web" is not running container #3\n  help: running: #1, #2\n'),
  ),
  step(
    'a program that does not exist',
    tcompose('exec', '-T', 'web', 'nosuchprogram'),
    exits(old ? 126 : 127),
  ),
  step(
    'a user that does not exist',
    tcompose('exec', '-T', '-u', 'nobody-here', 'web', 'true'),
    exits(old ? 126 : 1),
    (old ? prints : reports)('unable to find user nobody-here'),
  ),
  step(
    'a paused container',
    together(tcompose('pause', 'web'), tcompose('exec', '-T', 'web', 'true')),
    exits(1),
    reports('is paused, unpause the container before exec'),
  ),
  step(
    'a container that restarts all the time',
    tcompose('exec', '-T', 'again', 'true'),
    exits(1),
    reports(/is restarting|is not running/),
  ),
  step(
    'a variable without a name',
    tcompose('exec', '-T', '-e', '=x', 'web', 'true'),
    exits(1),
    reports('invalid environment variable: =x'),
  ),
  step(
    'a command that is missing',
    tcompose('exec', 'web'),
    exits(1),
    reports('requires at least 2 arg(s), only received 1'),
  ),
  step(
    'a terminal that is asked for where there is none',
    tcompose('exec', '--no-tty=false', 'web', 'true'),
    exits(1),
    reports('cannot attach stdin to a TTY-enabled container because stdin is not a terminal'),
  ),
);

scenario(
  'commanded',
  'streams of a command are joined byte by byte, and end when they should',
  up,
  step(
    'the end of the input reaches the command',
    piped('one\ntwo\n', 'exec', '-T', 'web', 'cat'),
    printsExactly('one\ntwo\n'),
  ),
  step(
    'a command without input gets none',
    piped('unread', 'exec', '-T', '--interactive=false', 'web', 'cat'),
    printsExactly(''),
  ),
  step(
    'large amounts go through both ways unchanged',
    shell(`
      head -c 60000000 /dev/urandom > big
      "$TCOMPOSE" exec -T web cat < big | cmp - big && echo same`),
    printsExactly('same\n'),
  ),
  step(
    'a command that reads only the beginning loses none of what it writes',
    shell('head -c 60000000 /dev/zero | "$TCOMPOSE" exec -T web sh -c "head -c 3 | wc -c; exit 4"'),
    exits(4),
    printsExactly('3\n'),
  ),
  step(
    'a reader that goes away ends it without a word',
    shell('"$TCOMPOSE" exec -T web yes < /dev/null | head -n 1'),
    printsExactly('y\n'),
    reports(/^$/),
  ),
  step(
    'a command may close its output long before it ends',
    tcompose('exec', '-T', 'web', 'sh', '-c', 'exec >&- 2>&-; sleep 0.5; exit 5'),
    exits(5),
  ),
  step(
    'an interrupt ends it',
    signalled(
      [{ after: 'begun', signal: 'SIGINT' }],
      'exec',
      '-T',
      'web',
      'sh',
      '-c',
      'echo begun; sleep 60',
    ),
    exits(130),
  ),
  step(
    'an engine that goes away is named',
    losingEngine('begun', '"$TCOMPOSE" exec -T web sh -c "echo begun; sleep 60"'),
    exits(1),
    reports('Cannot connect to the Docker daemon at unix:///'),
  ),
);

scenario(
  'commanded',
  'a command at a terminal has one of the same size, which is afterwards as before',
  up,
  step(
    'its terminal has the size of this one, and follows it',
    scriptAtTerminal(
      `${remembering} "$TCOMPOSE" exec web sh; ${comparing}`,
      type('stty size\n', '# '),
      type('until [ "$(stty size)" = "25 90" ]; do :; done; exit 3\n', '30 100'),
      shrink('exit 3'),
    ),
    exits(3),
    prints('as before'),
  ),
  step(
    'Ctrl-C reaches the command alone',
    scriptAtTerminal(
      '"$TCOMPOSE" exec web sh -c \'trap "echo caught; exit 8" INT; echo ready; while :; do sleep 0.1; done\'',
      type('\x03', 'ready'),
    ),
    exits(8),
    prints('caught'),
  ),
  step(
    'the detach keys leave it',
    scriptAtTerminal('"$TCOMPOSE" exec web sh', type('\x10\x11', '# ')),
    exits(1),
    prints('read escape sequence'),
  ),
  step(
    'and so do those of the configuration',
    scriptAtTerminal(
      'echo \'{"detachKeys":"ctrl-a,x"}\' > config.json; DOCKER_CONFIG=$PWD "$TCOMPOSE" exec web sh',
      type('\x01x', '# '),
    ),
    exits(1),
    prints('read escape sequence'),
  ),
  step(
    'the beginning of them is passed on',
    scriptAtTerminal(
      `"$TCOMPOSE" exec web sh -c 'echo ready; head -n 1'`,
      type('\x10x\n', 'ready'),
    ),
    prints('\x10x'),
  ),
  step(
    'a signal that ends the session leaves the terminal as it was',
    scriptAtTerminal(
      `${remembering} "$TCOMPOSE" exec web sh -c 'echo ready; sleep 60'; ${comparing}`,
      signalProgram('SIGHUP', 'ready'),
    ),
    exits(130),
    prints('as before'),
  ),
);
