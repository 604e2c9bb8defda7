import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EngineApi } from '../../support/api.ts';
import { ended, type Finished, type RunOptions } from '../../support/command.ts';
import type { TestHost } from '../../support/hosts.ts';
import { type RemoteEngine, startRemoteEngine, tcomposeOn } from '../../support/remote-engine.ts';
import { sshHome } from '../../support/ssh-home.ts';

const home = sshHome();
let engine: RemoteEngine;
let host: TestHost;
let api: EngineApi;

beforeAll(async () => {
  engine = await startRemoteEngine(home);
  ({ host, api } = engine);
});

afterAll(() => engine[Symbol.asyncDispose]());

/** A project with files that a container has mounted. */
function project(
  name: string,
  service = 'volumes: [./html:/html, ./one.conf:/one.conf:ro]',
): string {
  const folder = join(home.path, name);
  mkdirSync(join(folder, 'html'), { recursive: true });
  writeFileSync(join(folder, 'html/page'), 'first');
  writeFileSync(join(folder, 'one.conf'), 'conf');
  const compose = `services:\n  web:\n    image: test-idle\n    ${service}\n`;
  writeFileSync(join(folder, 'compose.yaml'), compose);
  return folder;
}

const tcompose = (
  cwd: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> => tcomposeOn(engine.url, home, args, { cwd, ...options });

const inWeb = (name: string, script: string): Promise<string> =>
  api.execute(`${name}-web-1`, ['sh', '-c', script]);

it('bind mounts of the project are refused with their line, and synced when that is asked for', async () => {
  const folder = join(home.path, 'bound');
  mkdirSync(join(folder, 'html/deep'), { recursive: true });
  writeFileSync(join(folder, 'html/deep/page'), 'first');
  writeFileSync(join(folder, 'html/old'), '');
  writeFileSync(join(folder, 'one.conf'), 'conf');
  writeFileSync(
    join(folder, 'compose.yaml'),
    `services:
  web:
    image: test-idle
    volumes:
      - /etc/hostname:/hostname:ro
      - ./html:/html
      - ./one.conf:/one.conf:ro
`,
  );
  const refused = await tcompose(folder, ['up', '-d']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('./html is on this computer, but the engine is on');
  expect(refused.stderr).toContain('compose.yaml:6:');
  expect(refused.stderr).toContain('--sync-binds');
  expect(await api.containers(['com.docker.compose.project=bound'])).toEqual([]);

  const look = 'cat /html/deep/page /one.conf; ls -1 /html';
  const sync = (): Promise<Finished> => tcompose(folder, ['up', '-d', '--sync-binds']);
  const first = await sync();
  ended(first);
  expect(first.stderr).toContain('./html: 2 files sent to');
  expect(await api.execute('bound-web-1', ['sh', '-c', look])).toBe('firstconfdeep\nold\n');
  const [before] = await api.containers(['com.docker.compose.project=bound']);
  writeFileSync(join(folder, 'html/deep/page'), 'second one');
  rmSync(join(folder, 'html/old'));
  const second = await sync();
  ended(second);
  expect(second.stderr).toContain('./html: 1 file sent to');
  expect(second.stderr).toContain('1 removed there');
  expect(second.stderr).not.toContain('one.conf:');
  expect(await api.execute('bound-web-1', ['sh', '-c', look])).toBe('second oneconfdeep\n');
  const [after] = await api.containers(['com.docker.compose.project=bound']);
  expect(after?.Id).toBe(before?.Id);

  // What was copied stays until that is asked for.
  const kept = ended(await tcompose(folder, ['down', '-t', '1']));
  expect(kept.stderr).toContain('in ~/.tcompose/binds/bound; "down --sync-binds" removes them');
  await host.shell('touch /root/.tcompose/binds/other');
  ended(await tcompose(folder, ['down', '--sync-binds']));
  expect(await host.shell('ls /root/.tcompose/binds')).toBe('other\n');
});

it.each([
  ['up', '-d'],
  ['create'],
  ['run', '--rm', '-T', 'web', 'true'],
  ['scale', 'web=2'],
  ['watch'],
  ['plan'],
])(
  '%s says what is wrong with bind mounts instead of mounting empty directories',
  async (...args) => {
    const done = await tcompose(
      project(
        'refused',
        'volumes: [./html:/html]\n    develop: { watch: [{ action: restart, path: one.conf }] }',
      ),
      args,
    );
    expect(done.code).toBe(1);
    expect(done.stderr).toContain('./html is on this computer, but the engine is on');
    expect(done.stderr).toContain('compose.yaml:4:15');
    expect(await api.containers(['com.docker.compose.project=refused'])).toEqual([]);
  },
);

it('run, scale, restart and start copy what changed first, too', async () => {
  const folder = project('moves');
  const page = (text: string): void => writeFileSync(join(folder, 'html/page'), text);
  const args = ['run', '--rm', '-T', '--sync-binds', 'web', 'cat', '/html/page'];
  expect(ended(await tcompose(folder, args)).stdout).toBe('first');
  const env = { TCOMPOSE_SYNC_BINDS: '1' };
  ended(await tcompose(folder, ['scale', 'web=1'], { env }));
  page('second');
  writeFileSync(join(folder, 'one.conf'), 'changed');
  ended(await tcompose(folder, ['restart', '-t', '1', '--sync-binds']));
  expect(await inWeb('moves', 'cat /html/page /one.conf')).toBe('secondchanged');
  ended(await tcompose(folder, ['stop', '-t', '1']));
  page('third');
  ended(await tcompose(folder, ['start'], { env }));
  expect(await inWeb('moves', 'cat /html/page')).toBe('third');
  ended(await tcompose(folder, ['down', '-t', '1', '--sync-binds']));
});

it('a service that is mounted the same directory by two paths, or a part of it, sees the same files', async () => {
  const volumes =
    'volumes: [./html:/html, ../nested/html:/same, ./html/deep:/deep, ../beside:/beside]';
  const folder = project('nested', volumes);
  mkdirSync(join(folder, 'html/deep'));
  mkdirSync(join(home.path, 'beside'), { recursive: true });
  writeFileSync(join(home.path, 'beside/f'), 'beside');
  ended(await tcompose(folder, ['up', '-d', '--sync-binds']));
  expect(
    await inWeb('nested', 'echo own >/deep/own; cat /html/deep/own /same/deep/own /beside/f'),
  ).toBe('own\nown\nbeside');
  ended(await tcompose(folder, ['down', '-t', '1', '--sync-binds']));
});

it('watch brings changes of bound files over as they are made, and acts on them afterwards', async () => {
  const folder = project(
    'watched',
    `volumes: [./html:/html]
    develop: { watch: [{ action: sync+exec, path: ./html, target: /copy, exec: { command: [cp, /html/page, /seen] } }] }`,
  );
  const done = await tcompose(folder, ['watch', '--sync-binds'], {
    reactions: [
      { after: 'Watch enabled', act: () => writeFileSync(join(folder, 'html/page'), 'second') },
      { after: 'html: 1 file sent', act: () => undefined },
      { after: 'Syncing service "web"', act: (child) => void child.kill('SIGINT') },
    ],
  });
  expect(done.stdout + done.stderr).toContain('./html: 1 file sent to');
  expect(await inWeb('watched', 'cat /html/page')).toBe('second');
  ended(await tcompose(folder, ['down', '-t', '1', '--sync-binds']));
});

it('up --watch needs nothing but bind mounts to watch where these are copied', async () => {
  const folder = project('upwatch', 'volumes: [./html:/html]');
  const nothing = await tcompose(folder, ['up', '--watch']);
  expect(nothing.stderr).toContain('none of the selected services is configured for watch');
  const done = await tcompose(folder, ['up', '--watch', '--sync-binds'], {
    reactions: [
      { after: 'Watch enabled', act: () => rmSync(join(folder, 'html/page')) },
      { after: '0 files sent to', act: (child) => void child.kill('SIGINT') },
    ],
  });
  expect(done.stdout).toContain('1 removed there');
  ended(await tcompose(folder, ['start']));
  expect(await inWeb('upwatch', 'ls /html')).toBe('');
  ended(await tcompose(folder, ['down', '-t', '1', '--sync-binds']));
});

it('configs and secrets of files are written into containers, and read-only services are told apart', async () => {
  const folder = project('secret', 'secrets: [tok]\n    configs: [cfg]');
  const files = 'secrets: { tok: { file: ./tok } }\nconfigs: { cfg: { file: ./one.conf } }\n';
  writeFileSync(join(folder, 'tok'), 's3cret');
  writeFileSync(join(folder, 'more.yaml'), files);
  const both = ['-f', 'compose.yaml', '-f', 'more.yaml'];
  ended(await tcompose(folder, [...both, 'up', '-d']));
  expect(await inWeb('secret', 'cat /run/secrets/tok /cfg')).toBe('s3cretconf');
  const again = ended(await tcompose(folder, [...both, 'up', '-d']));
  expect(again.stderr).toContain('Running');
  writeFileSync(join(folder, 'tok'), 'other');
  ended(await tcompose(folder, [...both, 'up', '-d', '-t', '1']));
  expect(await inWeb('secret', 'cat /run/secrets/tok')).toBe('other');
  writeFileSync(join(folder, 'ro.yaml'), 'services: { web: { read_only: true } }\n');
  const refused = await tcompose(folder, [...both, '-f', 'ro.yaml', 'up', '-d']);
  expect(refused.code).toBe(1);
  expect(refused.stderr).toContain('service "web" is read-only');
  expect(refused.stderr).toContain('--sync-binds');
  ended(await tcompose(folder, [...both, 'down', '-t', '1']));
});

it('providers reach the engine of the host, too', async () => {
  const folder = project('provided', 'depends_on: [db]\n  db: { provider: { type: asks-engine } }');
  const programs = join(folder, 'bin');
  mkdirSync(programs);
  const asks = `#!/bin/sh
case " $* " in *" up "*) ;; *) exit 0 ;; esac
curl -sf --unix-socket "\${DOCKER_HOST#unix://}" http://engine/_ping >&2 &&
  echo '{"type":"setenv","message":"ANSWER=yes"}'
`;
  writeFileSync(join(programs, 'asks-engine'), asks);
  chmodSync(join(programs, 'asks-engine'), 0o755);
  const env = { PATH: `${programs}:${process.env['PATH']}` };
  ended(await tcompose(folder, ['up', '-d'], { env }));
  expect(await inWeb('provided', 'echo $DB_ANSWER')).toBe('yes\n');
  ended(await tcompose(folder, ['down', '-t', '1'], { env }));
});
