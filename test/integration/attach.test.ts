import {
  exits,
  prints,
  printsExactly,
  reports,
  silentAbout,
  state,
  untouched,
} from '../support/checks.ts';
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
import { closeTerminal, shrink, type } from '../support/terminal.ts';

const up = step(
  'up starts the services',
  tcompose('up', '-d'),
  state('ticking', 'running'),
  eventually(state('off', 'exited')),
);

scenario(
  'attached-to',
  'attach joins the streams of a container, and ends with its exit code',
  up,
  step(
    'lines go in, and come out where they were written',
    piped('a\nquit\n', 'attach', 'reader'),
    exits(7),
    printsExactly('out a\nout quit\n'),
    reports(/^err a\nerr quit\n$/),
  ),
  step(
    'the end of the input is not the end of the session',
    together(
      tcompose('start', 'reader'),
      shell(`
        "$TCOMPOSE" attach reader <<< first > shown &
        until grep -q 'out first' shown; do sleep 0.05; done
        "$TCOMPOSE" attach reader <<< quit
        wait $! && exit; code=$?; cat shown; exit $code`),
    ),
    exits(7),
    prints('out first\nout quit\n'),
  ),
  step(
    'without input it only shows output',
    together(
      tcompose('start', 'reader'),
      shell(`
        echo unread | "$TCOMPOSE" attach --no-stdin reader > shown &
        { until grep -q 'out a' shown; do echo a; sleep 0.05; done; echo quit; } |
          "$TCOMPOSE" attach reader > all
        wait $! && exit; code=$?; cat shown all; exit $code`),
    ),
    exits(7),
    prints(/^(out a\n)+out quit\n(out a\n)+out quit\n$/),
    silentAbout('unread'),
  ),
  step(
    'a reader that goes away ends it without a word',
    shell('"$TCOMPOSE" attach ticking < /dev/null | head -n 1'),
    printsExactly('tick\n'),
    reports(/^$/),
    untouched('ticking'),
  ),
  step(
    'a container that has ended cannot be attached to',
    tcompose('attach', 'off'),
    exits(1),
    reports('service "off" is not running\n'),
  ),
  step(
    'nor can a paused one',
    together(tcompose('pause', 'ticking'), tcompose('attach', 'ticking')),
    exits(1),
    reports('You cannot attach to a paused container, unpause it first\n'),
  ),
  step(
    'an engine that goes away is named',
    together(
      tcompose('unpause', 'ticking'),
      losingEngine('tick', '"$TCOMPOSE" attach ticking < /dev/null'),
    ),
    exits(1),
    reports(/(Cannot connect|lost the connection) to the Docker daemon at unix:/),
  ),
);

scenario(
  'attached-to',
  'signals go to the container, unless that is not wanted',
  up,
  step(
    'each of them is passed on, and Ctrl-C is told by the exit code',
    signalled(
      [
        { after: 'tick', signal: 'SIGUSR1' },
        { after: 'got usr1', signal: 'SIGHUP' },
        { after: 'got hup', signal: 'SIGINT' },
      ],
      'attach',
      'ticking',
    ),
    exits(130),
    prints('leaving'),
    state('ticking', 'exited'),
  ),
  step(
    'without that, Ctrl-C leaves the container',
    together(
      tcompose('start', 'ticking'),
      signalled([{ after: 'tick', signal: 'SIGINT' }], 'attach', '--sig-proxy=false', 'ticking'),
    ),
    exits(130),
    silentAbout('leaving'),
    state('ticking', 'running'),
  ),
);

scenario(
  'attached-to',
  'a container with a terminal is worked with as if one sat at it',
  up,
  step(
    'attach needs a terminal for it',
    tcompose('attach', 'shell'),
    exits(1),
    reports('cannot attach stdin to a TTY-enabled container because stdin is not a terminal'),
  ),
  step(
    'its terminal has the size of this one, and the detach keys leave it running',
    scriptAtTerminal(
      'before=$(stty -g); "$TCOMPOSE" attach shell; code=$?; [ "$before" = "$(stty -g)" ] && echo as before; exit $code',
      type('until [ "$(stty size)" = "30 100" ]; do :; done; echo size $((6 * 7))\n', '# '),
      type('until [ "$(stty size)" = "25 90" ]; do :; done; echo then $((6 * 7))\n', 'size 42'),
      shrink('then $'),
      type('\x10\x11', 'then 42'),
    ),
    exits(1),
    prints('read escape sequence'),
    prints('as before'),
    untouched('shell'),
  ),
  step(
    'other detach keys take their place',
    scriptAtTerminal(
      '"$TCOMPOSE" attach --detach-keys ctrl-a,x shell',
      type('echo typed $((6 * 7))\n', '# '),
      type('\x01x', 'typed 42'),
    ),
    exits(1),
    prints('read escape sequence'),
    untouched('shell'),
  ),
  step(
    'keys that are none are refused',
    scriptAtTerminal('"$TCOMPOSE" attach --detach-keys nonsense shell'),
    exits(1),
    prints(/Invalid detach keys|Unknown character/),
  ),
  step(
    'a terminal that is closed ends the session and not the container',
    scriptAtTerminal(
      `trap : HUP; "$TCOMPOSE" attach shell; echo $? > ended`,
      type('echo typed $((6 * 7))\n', '# '),
      closeTerminal('typed 42'),
    ),
    exits(137),
    untouched('shell'),
  ),
  step(
    'nothing is left of it',
    shell('until [ -s ended ]; do :; done; cat ended'),
    // By whichever is noticed first: the hang-up, or that nothing can be written.
    prints(/^(130|1)\n$/),
  ),
  step(
    'its end is the end of the session',
    scriptAtTerminal('"$TCOMPOSE" attach shell', type('exit 4\n', '# ')),
    exits(4),
    state('shell', 'exited'),
  ),
);
