import { describe, expect, it } from 'vitest';
import type { RunRequest } from '../../../src/app/run-request.ts';
import { everyCommandFlags, globalFlags } from '../../../src/commands/global-flags.ts';
import { parseFlags } from '../../../src/commands/flag-parser.ts';
import type { Invocation } from '../../../src/commands/invocation.ts';
import { command } from '../../../src/commands/run.ts';
import { runRequest } from '../../../src/commands/run/run.ts';

interface Terminals {
  readonly input?: boolean;
  readonly output?: boolean;
}

/** What a command line asks for; by default both ends are terminals. */
function request(
  argv: readonly string[],
  { input = true, output = true }: Terminals = {},
  env: Readonly<Record<string, string>> = {},
): RunRequest {
  const parsed = parseFlags(argv, [...command.flags, ...everyCommandFlags], {
    interspersed: command.interspersed ?? true,
  });
  const session = { env, stdin: { isTTY: input }, stdout: { isTTY: output } };
  return runRequest({
    global: parseFlags([], globalFlags, { interspersed: false }).flags,
    flags: parsed.flags,
    args: parsed.words,
    dryRun: false,
    typed: [],
    session: session as unknown as Invocation['session'],
  });
}

describe('the command line of run', () => {
  it('gives the command everything behind the service', () => {
    expect(request(['--rm', 'web', 'ls', '--rm', '-T', '--', 'x'])).toMatchObject({
      service: 'web',
      command: ['ls', '--rm', '-T', '--', 'x'],
      remove: true,
      tty: true,
    });
  });

  it.each<[string, string[], Partial<RunRequest>]>([
    ['nothing', [], { entrypoint: undefined, name: undefined, ports: [], user: '', quiet: false }],
    ['-d', ['-d'], { detach: true }],
    ['-e', ['-e', 'A=1,2', '--env', 'B'], { environment: ['A=1,2', 'B'] }],
    ['files', ['--env-from-file', 'a', '--env-from-file=b'], { environmentFiles: ['a', 'b'] }],
    ['-l and its other spelling', ['-l', 'a=b', '--labels', 'c=d'], { labels: ['a=b', 'c=d'] }],
    ['-v and its other spelling', ['-v', '/a', '--volumes', 'b:/c'], { volumes: ['/a', 'b:/c'] }],
    ['-P', ['-P'], { ports: 'service' }],
    ['-p', ['-p', '80', '-p', '81:81'], { ports: ['80', '81:81'] }],
    ['-u and -w', ['-u', '0', '-w', '/x'], { user: '0', workingDir: '/x' }],
    ['capabilities', ['--cap-add=A', '--cap-drop', 'B'], { capAdd: ['A'], capDrop: ['B'] }],
    ['--use-aliases', ['--use-aliases'], { useAliases: true }],
    ['--name', ['--name', 'n'], { name: 'n' }],
    ['an empty name', ['--name='], { name: undefined }],
    ['-q', ['-q'], { quiet: true }],
    ['no input', ['-i=false'], { interactive: false }],
    [
      'words of an entry point',
      ['--entrypoint', `sh -c 'a b'`],
      { entrypoint: ['sh', '-c', 'a b'] },
    ],
    ['no entry point', ['--entrypoint', ''], { entrypoint: [] }],
  ])('reads %s', (_what, flags, expected) => {
    expect(request([...flags, 'web'])).toMatchObject(expected);
  });

  it('hands on how images are had and dependencies brought up', () => {
    const flags = ['--build', '--pull=always', '--quiet-pull', '--quiet-build', '--no-deps'];
    expect(request([...flags, '--remove-orphans', 'web']).create).toMatchObject({
      services: [],
      build: true,
      pull: 'always',
      quietPull: true,
      quietBuild: true,
      noDependencies: true,
      removeOrphans: true,
      recreate: 'diverged',
    });
  });

  it('does not remove orphans because COMPOSE_REMOVE_ORPHANS says so, as in Compose', () => {
    const { create } = request(['web'], {}, { COMPOSE_REMOVE_ORPHANS: '1' });
    expect(create.removeOrphans).toBe(false);
  });

  it.each<[string, string[], Terminals, boolean]>([
    ['two terminals', [], {}, true],
    ['a pipe behind it', [], { output: false }, false],
    ['a pipe into it', [], { input: false }, false],
    ['a pipe into it and -i', ['-i'], { input: false }, true],
    ['a pipe into it and -t', ['-t'], { input: false }, true],
    ['a pipe behind it and -t', ['-t'], { output: false }, true],
    ['a pipe behind it and -i', ['-i'], { output: false }, false],
    ['-t=false', ['-t=false'], {}, false],
    ['-T', ['-T'], {}, false],
    ['the spelling of Compose 2', ['--no-TTY'], {}, false],
    ['-T=false and a pipe behind it', ['-T=false'], { output: false }, true],
    ['-T=false and a pipe into it', ['-T=false'], { input: false }, true],
    ['-i=false and a pipe into it', ['-i=false'], { input: false }, true],
  ])('with %s decides about a terminal', (_what, flags, terminals, expected) => {
    expect(request([...flags, 'web'], terminals).tty).toBe(expected);
  });

  it.each<[string[], string]>([
    [['-P', '-p', '80'], '--service-ports and --publish are incompatible'],
    [['-t', '-T'], "--tty and --no-tty can't be used together"],
    [['--entrypoint', 'a "b'], 'invalid command line string'],
    [['--pull', 'often'], 'invalid --pull option "often"'],
    [['--no-such'], 'unknown flag: --no-such'],
  ])('refuses %s', (flags, message) => {
    expect(() => request([...flags, 'web'])).toThrow(message);
  });
});
