import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  exits,
  prints,
  printsExactly,
  printsJson,
  reports,
  silentAbout,
  state,
} from '../support/checks.ts';
import {
  atTerminal,
  eventually,
  scenario,
  signalled,
  step,
  tcompose,
  together,
} from '../support/scenario.ts';
import { type } from '../support/terminal.ts';
import { unread } from '../support/unread.ts';

interface Figures {
  readonly Name: string;
  readonly MemUsage: string;
  readonly PIDs: string;
}

const names = (text: string): string[] =>
  text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as Figures).Name);

scenario(
  'measured',
  'stats tells what containers use, events what happens to them',
  step('up starts all', tcompose('up', '-d'), eventually(state('ended', 'exited'))),
  step(
    'stats has the table of docker, by name',
    tcompose('stats', '--no-stream'),
    prints(/^CONTAINER ID +NAME +CPU % +MEM USAGE \/ LIMIT +MEM % +NET I\/O +BLOCK I\/O +PIDS$/m),
    prints(/measured-db-1 [^]* measured-other-1 [^]* measured-web-1 [^]* measured-web-2 /),
  ),
  step(
    'stats of a service has figures',
    tcompose('stats', '--no-stream', '--format', 'json', 'db'),
    printsJson('memory and processes', (value) => {
      const { Name, MemUsage, PIDs } = value as Figures;
      return Name === 'measured-db-1' && /iB \/ .*iB$/.test(MemUsage) && Number(PIDs) > 0;
    }),
  ),
  step(
    'stats takes several services',
    tcompose('stats', '--no-stream', '--format', '{{.Name}}', 'web', 'db'),
    printsExactly('measured-db-1\nmeasured-web-1\nmeasured-web-2'),
  ),
  step(
    'stats --all shows what has ended too',
    tcompose('stats', '--no-stream', '--all', '--format', 'json'),
    {
      title: 'measured-ended-1 is there',
      verify: async ({ result }) =>
        names(result.stdout).includes('measured-ended-1') ? undefined : result.stdout,
    },
  ),
  step(
    'stats of a name that has no container says so',
    tcompose('stats', '--no-stream', 'wbe'),
    reports('did you mean web?'),
  ),
  step(
    'stats goes on in a pipe until it is interrupted',
    signalled([{ after: 'measured-db-1', signal: 'SIGINT' }], 'stats', 'db'),
    exits(130),
    prints('CONTAINER ID'),
  ),
  step(
    'stats on a terminal stays in place and gives the cursor back',
    atTerminal([type('\u0003', 'measured-db-1')], 'stats', 'db'),
    exits(130),
    prints('\u001B[?25l'),
    prints('\u001B[?25h'),
  ),
  step(
    'events tells what has happened, as text',
    tcompose('events', '--since', '10m', '--until', '0s'),
    prints(
      /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} container start [0-9a-f]{64} \(image=test-idle, name=measured-db-1\)\n\n/m,
    ),
  ),
  step(
    'events of one service, as JSON',
    tcompose('events', '--json', '--since', '10m', '--until', '0s', 'ended'),
    {
      title: 'create, start and die of ended',
      verify: async ({ result }) => {
        const events = result.stdout
          .trim()
          .split('\n')
          .map((line) => JSON.parse(line) as { readonly action: string; readonly service: string });
        const seen = events.map(({ action, service }) => `${service} ${action}`);
        const expected = ['ended create', 'ended start', 'ended die'];
        return expected.every((each) => seen.includes(each)) &&
          seen.every((each) => each.startsWith('ended '))
          ? undefined
          : seen.join();
      },
    },
  ),
  step(
    'events knows nothing of one-offs',
    together(
      tcompose('run', '--rm', '-T', 'ended', 'true'),
      tcompose('events', '--json', '--since', '10m', '--until', '0s'),
    ),
    {
      title: 'no container of run',
      verify: async ({ result }) => (result.stdout.includes('-run-') ? result.stdout : undefined),
    },
  ),
  step(
    'events warns of names that have no container',
    tcompose('events', '--until', '0s', 'wbe'),
    reports('did you mean web?'),
  ),
  step(
    'events refuses times that are none',
    tcompose('events', '--since', 'yesterday'),
    exits(1),
    reports('failed to parse value as time or duration: "yesterday"'),
  ),
  step(
    'events ends when nobody reads it',
    unread('events', '--since', '10m'),
    exits(141),
    silentAbout('EPIPE'),
  ),
  step(
    'events ends when it is interrupted',
    signalled([{ after: 'container start', signal: 'SIGINT' }], 'events', '--since', '10m'),
    exits(130),
  ),
);

scenario(
  'drawn',
  'alpha viz draws a project, alpha generate reads it back from its containers',
  step(
    'viz needs no engine',
    tcompose('-H', 'unix:///nowhere', 'alpha', 'viz', '--networks', '--spaces'),
    printsExactly(`digraph "drawn" {
 layout=dot;
 "db" [style="filled" label=<<font point-size="15">db</font><font point-size="10"><br/><br/><b>Networks:</b><br/>front</font>>];
 "web" [style="filled" label=<<font point-size="15">web</font><font point-size="10"><br/><br/><b>Networks:</b><br/>front</font>>];

 "web" -> "db";
}
`),
    reports('viz command is EXPERIMENTAL'),
  ),
  step('up starts all', tcompose('up', '-d'), state('web', 'running')),
  step(
    'generate prints a file that means the same',
    tcompose(
      'alpha',
      'generate',
      '--name',
      'copy',
      '--project-dir',
      '.',
      'drawn-web-1',
      'drawn-db',
    ),
    prints(/^name: copy\nservices:\n {2}db:/),
    prints('PRICE: 5$$'),
    prints('source: ./site'),
    prints(/^networks:\n {2}drawn_front:\n {4}internal: true$/m),
    prints(/^volumes:\n {2}drawn_data: \{\}$/m),
    reports('generate command is EXPERIMENTAL'),
  ),
  step(
    'that can be read again',
    async (scene) => {
      const { stdout } = await tcompose('alpha', 'generate', 'drawn-')(scene);
      writeFileSync(join(scene.folder, 'again.yaml'), stdout);
      return tcompose('-f', 'again.yaml', 'config', '--services')(scene);
    },
    printsExactly('db\nweb'),
  ),
  step(
    'generate finds nothing for names that there are not',
    tcompose('alpha', 'generate', 'no-such-container'),
    exits(1),
    reports('no container(s) found with the following name(s): no-such-container'),
  ),
  step(
    'generate refuses other formats',
    tcompose('alpha', 'generate', '--format', 'xml', 'drawn-'),
    exits(1),
    reports('unsupported format "xml"'),
  ),
);
