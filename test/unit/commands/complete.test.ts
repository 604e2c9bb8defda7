import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commands } from '../../../src/commands/index.ts';
import { typed } from './command-line.ts';

const folder = mkdtempSync(join(tmpdir(), 'tcompose-complete-'));

beforeAll(() => {
  writeFileSync(
    join(folder, 'compose.yaml'),
    'services: {web: {image: a, env_file: missing.env}, worker: {image: a, profiles: [extra, more]}}\n',
  );
  writeFileSync(join(folder, 'other.yaml'), 'services: {db: {image: a}}\n');
  writeFileSync(join(folder, 'broken.yaml'), 'services: [\n');
  const context = join(folder, 'docker/contexts/meta/abc');
  mkdirSync(context, { recursive: true });
  writeFileSync(join(context, 'meta.json'), '{"Name":"lab"}');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function answer(...argv: string[]): Promise<string[]> {
  const env = { HOME: folder, PATH: '', DOCKER_CONFIG: join(folder, 'docker') };
  const { text, code } = typed(argv, { cwd: folder, env });
  expect(await code).toBe(0);
  return text.out.trimEnd().split('\n');
}

const words = (...argv: string[]) => answer('__completeNoDesc', ...argv);

describe('completion', () => {
  it.each<[string[], string[]]>([
    [['unp'], ['unpause', ':4']],
    [['nope', ''], [':4']],
    [
      ['up', ''],
      ['web', 'worker', ':4'],
    ],
    [
      ['up', 'wo'],
      ['worker', ':4'],
    ],
    [
      ['up', 'web', ''],
      ['worker', ':4'],
    ],
    [
      ['up', '-d', '--', 'wo'],
      ['worker', ':4'],
    ],
    [['up', '--', '-'], [':4']],
    [
      ['-f', 'other.yaml', 'up', ''],
      ['db', ':4'],
    ],
    [
      ['--file=other.yaml', 'logs', '-f', ''],
      ['db', ':4'],
    ],
    [['-f', 'broken.yaml', 'up', ''], [':4']],
    [['-f', '-', 'up', ''], [':4']],
    [
      ['scale', ''],
      ['web=', 'worker=', ':6'],
    ],
    [
      ['scale', 'web=2', ''],
      ['worker=', ':6'],
    ],
    [
      ['up', '--scale', 'we'],
      ['web=', ':6'],
    ],
    [
      ['up', '--exit-code-from=w'],
      ['web', 'worker', ':4'],
    ],
    [['port', 'web', ''], [':4']],
    [['ls', ''], [':4']],
    [
      ['version', '--format', ''],
      ['pretty', 'json', ':4'],
    ],
    [
      ['down', '--rmi', 'l'],
      ['local', ':4'],
    ],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish', ':4'],
    ],
    [
      ['--progress', 'p'],
      ['plain', ':4'],
    ],
    [['--progress=p'], ['plain', ':4']],
    [
      ['--profile', ''],
      ['extra', 'more', ':4'],
    ],
    [
      ['-c', ''],
      ['default', 'lab', ':4'],
    ],
    [
      ['-f', ''],
      ['yaml', 'yml', ':8'],
    ],
    [['--project-directory', ''], [':16']],
    [['--env-file', ''], [':0']],
    [['--parallel', ''], [':4']],
    [['-p', ''], [':4']],
    [['up', '-t', ''], [':4']],
    [
      ['logs', '-fn', 'a'],
      ['all', ':4'],
    ],
    [
      ['logs', '-n5', 'w'],
      ['web', 'worker', ':4'],
    ],
    [
      ['up', '--nope', 'w'],
      ['web', 'worker', ':4'],
    ],
    [
      ['up', '--pul'],
      ['--pull', ':4'],
    ],
    [['up', '--pull', 'always', '--pul'], [':4']],
    [
      ['up', '--attach', 'web', '--attach'],
      ['--attach', '--attach-dependencies', ':4'],
    ],
    [['--proj'], ['--project-directory', '--project-name', ':4']],
    [['build', '--compr'], [':4']],
  ])('after %j offers %j', async (argv, expected) => {
    expect(await words(...argv)).toEqual(expected);
  });

  it('describes what it offers where the shell can show it', async () => {
    expect(await answer('__complete', 'unp')).toEqual([
      `unpause\t${commands.find(({ name }) => name === 'unpause')?.summary}`,
      ':4',
    ]);
  });

  it('offers every command that help shows', async () => {
    const shown = commands.filter(({ hidden }) => hidden !== true).map(({ name }) => name);
    expect(await words('')).toEqual([...shown.toSorted(), ':4']);
  });

  it('offers letters besides names of flags', async () => {
    const offered = await words('kill', '-');
    expect(offered).toEqual(
      expect.arrayContaining(['--signal', '-s', '--remove-orphans', '--dry-run', '--help', '-h']),
    );
  });

  it('names its directive on standard error, as cobra does', async () => {
    const { text, code } = typed(['__complete', '-f', ''], { cwd: folder });
    await code;
    expect(text.err).toBe('Completion ended with directive: ShellCompDirectiveFilterFileExt\n');
  });
});

describe('the completion command', () => {
  it.each(['bash', 'zsh', 'fish'])('prints a script for %s', async (shell) => {
    const { text, code } = typed(['completion', shell], { programName: 'docker-compose' });
    expect(await code).toBe(0);
    expect(text.out).toContain(`${shell} completion of docker-compose`);
    expect(text.out).toContain('docker_compose_words');
    expect(text.out).not.toMatch(/PROGRAM|FUNCTION|\$@\{/);
  });

  it.each([
    [['completion', 'tcsh'], 'tcompose', 'unknown shell "tcsh"'],
    [['completion'], 'tcompose', 'accepts 1 arg(s), received 0'],
    [['completion', 'bash'], 'docker compose', 'docker compose is completed by docker itself'],
  ])('refuses %j of %s', async (argv, programName, message) => {
    await expect(typed(argv, { programName }).code).rejects.toThrow(message);
  });
});
