import { exits, printsExactly, reports, state } from '../support/checks.ts';
import {
  type Action,
  eventually,
  reference,
  scenario,
  step,
  tcompose,
  withEnv,
} from '../support/scenario.ts';
import { unread } from '../support/unread.ts';

/** Runs each with both tools; fails where exit codes or standard outputs differ. */
function bothAgree(commands: readonly (readonly string[])[]): Action {
  return async (scene) => {
    for (const args of commands) {
      const expected = await reference('docker-compose', ...args)(scene);
      const { stdout, code } = await tcompose(...args)(scene);
      if (stdout === expected.stdout && code === expected.code) continue;
      const wanted = `exit code ${expected.code}\n${expected.stdout}${expected.stderr}`;
      throw new Error(`${args.join(' ')}: exit code ${code}\n${stdout}instead of ${wanted}`);
    }
    return { argv: ['both'], code: 0, stdout: '', stderr: '' };
  };
}

const table = String.raw`table {{.Name}}\t{{upper .Service}}\t{{.Label "part.of-it"}}\t{{.ExitCode}}`;

const lists: readonly (readonly string[])[] = [
  ['ps', '-a', '--format', table],
  ['ps', '--format', '{{.Name}} {{.Ports}} {{json .Publishers}}'],
  ['ps', '-a', '--format', '{{.State}} {{.ExitCode}} {{.LocalVolumes}} {{.Networks}} {{.Size}}'],
  ['ps', '--format', '{{range .Publishers}}{{.URL}}:{{.PublishedPort}} {{end}}{{println .ID}}'],
  ['ps', '-a', '-q', '--status', 'exited'],
  ['ps', '-a', '--services'],
  ['ps', '--no-trunc', '--format', '{{.ID}} {{.Command}}'],
  ['ps', '--format', '{{.Nothing}}'],
  ['ps', '--format', '{{if}}'],
  ['ps', '--filter', 'nothing'],
  ['ls', '--filter', 'name=^formatted$'],
  ['ls', '-a', '--filter', 'name=^formatted$', '--format', 'json'],
  ['ls', '--filter', 'name=^formatted$', '--format', '{{json.}}'],
  ['ls', '--format', 'yaml'],
  ['volumes'],
  ['volumes', '--format', 'raw'],
  ['volumes', '--format', String.raw`table {{.Name}}\t{{.Scope}}\t{{.Size}}\t{{.Label "a"}}`],
  ['volumes', '--format', '{{.Nothing}}'],
  ['volumes', '-q', 'db'],
  ['images', '-q', 'web'],
  ['images', '--format', 'json', 'nothing'],
  ['images', 'nothing'],
  ['images', '--format', '{{.ID}}'],
  ['top'],
  ['top', 'nothing'],
  ['port', 'web', '443'],
  ['port', 'web', '9000'],
  ['port', 'web', '1'],
  ['port', 'web', 'x'],
  ['config', '--format', 'json'],
  ['-p', 'nothing', 'ps'],
  ['-p', 'nothing', 'ps', '--format', 'json'],
  ['-p', 'nothing', 'images', '--format', 'json'],
  ['-p', 'nothing', 'volumes'],
  ['-p', 'nothing', 'top'],
  ['-p', 'nothing', 'pause'],
  ['-p', 'nothing', 'wait', 'web'],
];

const unreadable: readonly (readonly string[])[] = [
  ['ps'],
  ['ps', '--format', 'json'],
  ['ls'],
  ['images'],
  ['volumes'],
  ['top'],
  ['port', 'web', '443'],
  ['config'],
  ['version'],
  ['--version'],
  ['--help'],
];

scenario(
  'formatted',
  'lists are what docker-compose prints, to the byte',
  step('up starts all', tcompose('up', '-d'), eventually(state('ended', 'exited'))),
  step('both tools agree on every list', bothAgree(lists)),
  step(
    'a wrong template is told with its place and what may have been meant',
    tcompose('ps', '--format', '{{.Nam}}'),
    exits(1),
    reports(
      'template parsing error: template: :1:2: executing "" at <.Nam>: can\'t evaluate field Nam in type *formatter.ContainerContext',
    ),
    reports('did you mean .Name?'),
  ),
  step(
    "psFormat of docker's configuration is the default of ps",
    withEnv({ DOCKER_CONFIG: 'docker' }, 'ps'),
    printsExactly('NAME              SERVICE\nformatted-db-1    db\nformatted-web-1   web'),
  ),
  step(
    '--format wins over it',
    withEnv({ DOCKER_CONFIG: 'docker' }, 'ps', '--format', '{{.Name}}', 'db'),
    printsExactly('formatted-db-1'),
  ),
  ...unreadable.map((words) =>
    step(
      `${words.join(' ')} ends silently when nobody reads`,
      unread(...words),
      exits(141),
      reports(/^$/),
    ),
  ),
);
