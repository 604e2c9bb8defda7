import {
  containers,
  exits,
  healthy,
  noAbandonedVolumes,
  oneOff,
  prints,
  printsExactly,
  reports,
  silentAbout,
  state,
  untouched,
} from '../support/checks.ts';
import {
  atTerminal,
  edit,
  piped,
  scenario,
  signalled,
  step,
  tcompose,
  together,
  withEnv,
} from '../support/scenario.ts';
import { type } from '../support/terminal.ts';

/** A command line that runs a shell script in a one-off of web. */
function shell(flags: readonly string[], script: string): readonly string[] {
  return ['run', '--rm', ...flags, 'web', 'sh', '-c', script];
}

scenario(
  'run',
  'a one-off runs beside what it depends on and leaves nothing behind',
  step(
    'its exit code is that of run, after its dependency has become healthy',
    tcompose('run', '--rm', 'web', 'sh', '-c', 'echo out; exit 3'),
    exits(3),
    printsExactly('out'),
    healthy('db'),
    containers('run-db-1'),
    noAbandonedVolumes(),
  ),
  step(
    'it has its configs and secrets, the variables that were given, and no alias',
    withEnv(
      { GIVEN: 'given' },
      ...shell(
        ['-e', 'OVER=over', '-e', 'GIVEN', '-e', 'MISSING'],
        'cat /greeting /run/secrets/password; echo " $OWN $OVER $GIVEN ${MISSING-none}"; nslookup www >/dev/null 2>&1 || echo alone',
      ),
    ),
    printsExactly('hellos3cret own over given none\nalone'),
    untouched('db'),
  ),
  step(
    'it answers to the names of the service where that is asked for',
    tcompose('run', '--rm', '--no-deps', '--use-aliases', 'web', 'ping', '-c1', '-W5', 'www'),
    prints('1 packets received'),
  ),
  step(
    'a code over 128 comes through',
    tcompose('run', '--rm', '--no-deps', 'web', 'sh', '-c', 'sh -c "kill -9 \\$\\$"; exit $?'),
    exits(137),
  ),
  step(
    'a pipe reaches its input, and both of its outputs reach theirs',
    piped('hi\n', ...shell(['-T'], 'cat; echo err >&2')),
    printsExactly('hi'),
    reports('err'),
  ),
  step(
    'without input there is none',
    piped('hi\n', 'run', '--rm', '-i=false', 'web', 'cat'),
    printsExactly(''),
  ),
  step(
    'a command that does not exist leaves nothing either, even without --rm',
    tcompose('run', 'web', 'nosuchprogram'),
    exits(1),
    reports('"nosuchprogram": executable file not found in $PATH'),
    containers('run-db-1'),
    noAbandonedVolumes(),
  ),
  step(
    'naming a service enables its profile; its command is the one of the file',
    tcompose('run', '--rm', 'tool'),
    printsExactly('from the file'),
  ),
  step(
    'words behind the service are its own',
    tcompose('run', '--rm', 'tool', '--rm', '-T', '--', 'x'),
    printsExactly('--rm -T -- x'),
  ),
  step(
    'another entry point comes without the command of the file',
    tcompose('run', '--rm', '--entrypoint', 'echo "two words"', 'tool'),
    printsExactly('two words'),
  ),
  step(
    'a quiet run tells nothing of its own',
    tcompose('run', '--rm', '-q', 'web', 'echo', 'out'),
    printsExactly('out'),
    silentAbout('Container'),
  ),
  step(
    'the plan tells what a run would do, and it does nothing',
    tcompose('--dry-run', 'run', '--rm', 'web', 'echo', 'out'),
    prints(/create, start, hook +container:run-web-run-[0-9a-f]{12} +run was asked for/),
    silentAbout('out\n'),
    containers('run-db-1'),
  ),
);

scenario(
  'run',
  'at a terminal the container has one too',
  step(
    'its size and keys are those of the terminal',
    atTerminal(
      [type('Ada\r', 'your name?')],
      ...shell(
        ['--no-deps'],
        'test -t 0 && test -t 1 && echo "your name?"; read name; echo "hello $name"; exit 4',
      ),
    ),
    exits(4),
    prints('hello Ada'),
    containers(),
  ),
  step(
    'Ctrl-C is a key that the container hears',
    atTerminal(
      [type('\u0003', 'ready')],
      ...shell(
        ['--no-deps'],
        'trap "echo heard; exit 7" INT; echo ready; while :; do sleep 0.1; done',
      ),
    ),
    exits(7),
    prints('heard'),
  ),
  step(
    'Ctrl-P Ctrl-Q leaves it running',
    atTerminal(
      [type('\u0010\u0011', 'ready')],
      ...shell(['--no-deps', '--name', 'run-left'], 'echo ready; sleep 1000'),
    ),
    exits(0),
    oneOff('it runs', ({ Name, State }) => Name === '/run-left' && State.Status === 'running'),
  ),
);

scenario(
  'run-background',
  'a one-off in the background is no replica',
  step('its service is up', tcompose('up', '-d', 'web'), state('web', 'running')),
  step(
    'run prints its id and leaves it running, without ports and restarts, its hooks done',
    tcompose('run', '-d', '-l', 'mine=1', '-u', '1000', '-w', '/tmp', 'web'),
    prints(/^[0-9a-f]{64}\n$/),
    untouched('web'),
    oneOff('is labelled as one', ({ Config: { Labels: labels }, Name: name }) => {
      const slug = labels['com.docker.compose.slug'] ?? '';
      return (
        /^[0-9a-f]{64}$/.test(slug) &&
        name === `/run-background-web-run-${slug.slice(0, 12)}` &&
        labels['com.docker.compose.container-number'] === undefined &&
        labels['mine'] === '1'
      );
    }),
    oneOff('has what was asked for', ({ Config, HostConfig }) => {
      const policy = HostConfig['RestartPolicy'] as { readonly Name: string };
      return (
        Config['User'] === '1000' &&
        Config['WorkingDir'] === '/tmp' &&
        Object.keys(HostConfig['PortBindings'] ?? {}).length === 0 &&
        ['', 'no'].includes(policy.Name)
      );
    }),
  ),
  step(
    'a second one takes a port of its own',
    tcompose('run', '-d', '-p', '8081:8080', '--name', 'run-background-other', 'web'),
    prints(/^[0-9a-f]{64}\n$/),
    silentAbout('orphan'),
  ),
  step(
    'the port of the service is taken, and nothing is left of the third',
    tcompose('run', '-d', '-P', '--name', 'run-background-third', 'web'),
    exits(1),
    reports('port is already allocated'),
    silentAbout('run-background-third Started'),
  ),
  step('down takes them along', tcompose('down', '-t', '0', '--remove-orphans'), containers()),
);

scenario(
  'run-background',
  'orphans are told of, or removed where that is asked for',
  step(
    'another service leaves a container',
    tcompose('up', '-d', 'gone'),
    state('gone', 'running'),
  ),
  step(
    'run warns of what the files no longer define',
    together(
      edit('compose.yaml', '  gone:', '  here:'),
      tcompose('run', '--rm', '-T', 'web', 'true'),
    ),
    reports('Found orphan containers (run-background-gone-1) for this project.'),
    state('gone', 'running'),
  ),
  step(
    'COMPOSE_IGNORE_ORPHANS keeps it from doing anything about them',
    withEnv({ COMPOSE_IGNORE_ORPHANS: '1' }, 'run', '--rm', '--remove-orphans', 'web', 'true'),
    silentAbout('orphan'),
    state('gone', 'running'),
  ),
  step(
    'and removes it when told to',
    tcompose('run', '--rm', '--remove-orphans', 'web', 'true'),
    containers(),
  ),
);

scenario(
  'run-interrupted',
  'signals are those of the container once it runs, and leave nothing behind before',
  ...(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const).map((signal) =>
    step(
      `${signal} reaches it, and its answer is the exit code`,
      signalled(
        [{ after: 'ready', signal }],
        ...shell(
          [],
          `trap 'echo heard; exit 7' ${signal.slice(3)}; echo ready; while :; do sleep 0.1; done`,
        ),
      ),
      exits(7),
      prints('heard'),
      containers(),
    ),
  ),
  step(
    'what does not end is killed by the third Ctrl-C, after a word about it',
    signalled(
      [
        { after: 'ready', signal: 'SIGINT' },
        { after: 'once\n', signal: 'SIGINT' },
        { after: 'press Ctrl+C again to kill it', signal: 'SIGINT' },
      ],
      ...shell([], 'trap "echo once" INT; echo ready; while :; do sleep 0.1; done'),
    ),
    exits(137),
    reports('has not ended: press Ctrl+C again to kill it'),
    containers(),
  ),
  step(
    'while a dependency is waited for nothing of it is there, and the dependency stays',
    signalled([{ after: 'sick-1 Waiting', signal: 'SIGINT' }], 'run', '--rm', 'blocked'),
    exits(130),
    containers('run-interrupted-sick-1'),
  ),
  step(
    'one that was created is removed again',
    signalled([{ after: 'Creating', signal: 'SIGINT' }], 'run', '--no-deps', 'blocked'),
    exits(130),
    containers('run-interrupted-sick-1'),
  ),
);

scenario(
  'run-bad',
  'what cannot be run is refused before anything is done',
  ...(
    [
      [['nosuch'], 'no such service: nosuch'],
      [['cloud'], 'service "cloud" has no container: it is run by provider somebody'],
      [[], 'requires at least 1 arg(s), only received 0'],
      [['-P', '-p', '80', 'web'], '--service-ports and --publish are incompatible'],
      [['-t', '-T', 'web'], "--tty and --no-tty can't be used together"],
      [
        ['-t', 'web'],
        'cannot attach stdin to a TTY-enabled container because stdin is not a terminal',
      ],
      [['-l', 'x', 'web'], 'label must be set as KEY=VALUE'],
      [['-p', 'x', 'web'], 'Invalid containerPort: x'],
      [['-v', 'aa:bb:cc:dd', 'web'], 'invalid spec: aa:bb:cc:dd: too many colons'],
      [['--env-from-file', 'none', 'web'], 'open none: no such file or directory'],
      [['--entrypoint', '"', 'web'], 'invalid command line string'],
    ] as const
  ).map(([args, message]) =>
    step(
      `run ${args.join(' ')}`,
      tcompose('run', ...args),
      exits(1),
      reports(message),
      containers(),
    ),
  ),
  step(
    'a name that is taken by something else, which stays',
    together(tcompose('up', '-d', 'web'), tcompose('run', '-d', '--name', 'run-bad-web-1', 'web')),
    exits(1),
    reports('Conflict. The container name "/run-bad-web-1" is already in use'),
    containers('run-bad-web-1'),
    state('web', 'running'),
  ),
);
