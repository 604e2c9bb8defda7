import { existsSync, lstatSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { exits, inside, prints, reports, silentAbout, state } from '../support/checks.ts';
import {
  eventually,
  execute,
  piped,
  scenario,
  step,
  tcompose,
  together,
  withEnv,
  type Check,
} from '../support/scenario.ts';
import { unread } from '../support/unread.ts';

/** What a file of the scenario's folder is like. */
function local(title: string, holds: (folder: string) => boolean): Check {
  return {
    title,
    verify: async ({ folder }) =>
      holds(folder) ? undefined : `not so: ${readdirSync(folder).join()}`,
  };
}

function contains(path: string, text: string): Check {
  return local(`${path} contains ${JSON.stringify(text)}`, (folder) => {
    const file = join(folder, path);
    return existsSync(file) && readFileSync(file, 'utf8') === text;
  });
}

/** The same command in every replica. */
function insideAll(command: string, expected: string): Check {
  return {
    title: `in both replicas ${command} prints ${expected}`,
    verify: async ({ api, project }) => {
      const names = [1, 2].map((number) => `${project}-web-${number}`);
      const outputs = await Promise.all(
        names.map((name) => api.execute(name, ['sh', '-c', command])),
      );
      return outputs.every((output) => output.trim() === expected) ? undefined : outputs.join('|');
    },
  };
}

scenario(
  'copied',
  'cp copies between services and this machine',
  step('up starts all', tcompose('up', '-d'), eventually(state('ended', 'exited'))),
  step(
    'a folder goes to all replicas',
    tcompose('cp', 'site', 'web:/srv/copy'),
    insideAll('cat /srv/copy/index.html /srv/copy/deep/file | tr "\\n" " "', 'page deep'),
    reports(/^ copied-web-1 Copied site to copied-web-1:\/srv\/copy$/m),
    reports(/^ copied-web-2 Copied site to copied-web-2:\/srv\/copy$/m),
  ),
  step(
    'what is in a folder goes to one replica when it is named',
    tcompose('cp', '--index', '1', 'site/.', 'web:/srv/one/'),
    inside('web', ['cat', '/srv/one/deep/file'], 'deep'),
    reports('copied-web-1'),
    silentAbout('copied-web-2'),
  ),
  step(
    'an archive from a pipe goes to all replicas',
    async (scene) => {
      const read = await tcompose('cp', 'web:/srv/copy', '-')(scene);
      // Names and texts of this archive are ASCII.
      return piped(read.stdout, 'cp', '-', 'web:/tmp')(scene);
    },
    insideAll('cat /tmp/copy/deep/file', 'deep'),
  ),
  step(
    'a file comes back with its permissions and time',
    together(
      execute(
        'web',
        'sh',
        '-c',
        'cd /srv; chmod 640 index.html; touch -d "2001-02-03 04:05:06" index.html',
      ),
      tcompose('cp', 'web:/srv/index.html', 'back.html'),
    ),
    local('back.html is as it was', (folder) => {
      const { mode, mtime } = statSync(join(folder, 'back.html'));
      return (mode & 0o777) === 0o640 && mtime.toISOString() === '2001-02-03T04:05:06.000Z';
    }),
    reports(/^ copied-web-1 Copied copied-web-1:\/srv\/index.html to back.html$/m),
  ),
  step(
    'a link is copied as a link, or followed',
    together(
      execute('web', 'ln', '-sf', 'index.html', '/srv/link'),
      tcompose('cp', 'web:/srv/link', 'link'),
      tcompose('cp', '-L', 'web:/srv/link', 'followed'),
    ),
    local('link is one, followed is a file', (folder) => {
      const [link, followed] = ['link', 'followed'].map((name) => lstatSync(join(folder, name)));
      return link?.isSymbolicLink() === true && followed?.isFile() === true;
    }),
  ),
  step(
    'a link that leads out of the copy is refused',
    together(
      execute('web', 'ln', '-sf', '../../../etc', '/srv/out'),
      tcompose('cp', 'web:/srv/out', 'evil'),
    ),
    exits(1),
    reports('invalid symlink'),
    local('nothing was made', (folder) => !existsSync(join(folder, 'evil'))),
  ),
  step(
    'a container that has ended can be copied from and to',
    together(
      tcompose('cp', 'site/index.html', 'ended:/kept'),
      tcompose('cp', 'ended:/kept', 'kept'),
    ),
    contains('kept', 'page\n'),
  ),
  step(
    'a failed copy leaves the file that was there',
    tcompose('cp', 'web:/nowhere', 'kept'),
    exits(1),
    reports('Could not find the file /nowhere in container'),
    contains('kept', 'page\n'),
  ),
  step(
    'a dry run copies nothing',
    tcompose('--dry-run', 'cp', 'web:/srv/index.html', 'dry'),
    local('dry is not there', (folder) => !existsSync(join(folder, 'dry'))),
  ),
  step(
    'what makes no sense is refused in the words of Compose',
    tcompose('cp', 'web:/a', 'ended:/b'),
    exits(1),
    reports('copying between services is not supported'),
  ),
  step('as is no service', tcompose('cp', 'a', 'b'), exits(1), reports('unknown copy direction')),
  step(
    'as is a service without containers, with what was meant',
    tcompose('cp', 'wbe:/a', '.'),
    exits(1),
    reports('no container found for service "wbe"'),
    reports('did you mean web?'),
  ),
  step(
    'as is a replica that there is not',
    tcompose('cp', '--index', '3', 'web:/a', '.'),
    exits(1),
    reports('service "web" is not running container #3'),
  ),
  step(
    'export writes the file system, complete or not at all',
    tcompose('export', 'web', '--index', '2', '-o', 'root.tar'),
    local('root.tar is a private archive', (folder) => {
      const path = join(folder, 'root.tar');
      const names = readFileSync(path, 'latin1');
      return names.includes('srv/copy/index.html') && (statSync(path).mode & 0o777) === 0o600;
    }),
    local('nothing else is left', (folder) =>
      readdirSync(folder).every((name) => !name.startsWith('.tcompose')),
    ),
    reports(/^ copied-web-2 Exported $/m),
  ),
  step(
    'export does not write where it cannot',
    tcompose('export', 'web', '-o', 'none/root.tar'),
    exits(1),
    reports('failed to export container: invalid output path: directory'),
  ),
  step(
    'export wants a container that runs',
    tcompose('export', 'ended'),
    exits(1),
    reports('service "ended" is not running'),
  ),
  step(
    'export ends when nobody reads it',
    unread('export', 'web'),
    exits(141),
    silentAbout('EPIPE'),
  ),
  step('so does cp', unread('cp', 'web:/bin', '-'), exits(141), silentAbout('EPIPE')),
  step(
    'commit makes an image',
    tcompose('commit', 'web', 'tcompose-copied:x', '-a', 'me', '-m', 'why', '-c', 'ENV MADE=yes'),
    reports(/^ copied-web-1 Committed as sha256:[0-9a-f]{64} $/m),
    {
      title: 'the image has what was asked for',
      verify: async ({ api }) => {
        const image = (await api.ask('GET', '/images/tcompose-copied:x/json')) as {
          readonly Author: string;
          readonly Comment: string;
          readonly Config: { readonly Env: readonly string[] };
        };
        await api.ask('DELETE', '/images/tcompose-copied:x?force=1');
        const { Author, Comment, Config } = image;
        return Author === 'me' && Comment === 'why' && Config.Env.includes('MADE=yes')
          ? undefined
          : JSON.stringify(image);
      },
    },
  ),
  step(
    'commit refuses names that are none',
    tcompose('commit', 'web', 'Bad'),
    exits(1),
    reports('invalid reference format'),
  ),
  step(
    'everything can be asked for by the name of the project alone',
    withEnv({ COMPOSE_PROJECT_NAME: 'copied' }, 'cp', 'web:/srv/index.html', '-'),
    prints('hello'),
  ),
);
