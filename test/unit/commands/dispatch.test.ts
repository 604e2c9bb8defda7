import { describe, expect, it } from 'vitest';
import { commands } from '../../../src/commands/index.ts';
import { everyCommandFlags, globalFlags } from '../../../src/commands/global-flags.ts';
import { typed } from './command-line.ts';

const run = (...argv: string[]) => runAs('tcompose', ...argv);

async function runAs(programName: string, ...argv: string[]) {
  const { text, code } = typed(argv, { programName });
  return { code: await code, ...text };
}

describe('the command line', () => {
  it('without a command prints help', async () => {
    const { code, out } = await run();
    expect(code).toBe(0);
    for (const { name, hidden } of commands) {
      expect(out.includes(`\n  ${name} `), name).toBe(hidden !== true);
    }
  });

  it.each([
    ['help', 'up'],
    ['up', '--help'],
    ['up', '-h'],
    ['--help', 'up'],
  ])('explains a command: %s %s', async (...argv) => {
    const { code, out } = await run(...argv);
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: {2}tcompose up \[OPTIONS]/);
    expect(out).toContain('--wait-timeout int');
  });

  it.each([
    [['version'], 'tcompose version v1.2.3\n'],
    [['--version'], 'tcompose version v1.2.3\n'],
    [['-v'], 'tcompose version v1.2.3\n'],
    [['version', '--short'], '1.2.3\n'],
    [['version', '-f', 'json'], '{"version":"v1.2.3"}\n'],
    [['version', '--format', '{{.Version}}'], 'tcompose version v1.2.3\n'],
  ])('tells its version: %j', async (argv, expected) => {
    expect((await run(...argv)).out).toBe(expected);
  });

  it.each([
    [['--no-ansi'], "option '--no-ansi' is DEPRECATED ! Please use '--ansi' instead.\n"],
    [
      ['--workdir', '/'],
      "option '--workdir' is DEPRECATED at root level! Please use '--project-directory' instead.\n",
    ],
  ])('accepts %j and says what to use instead', async (flags, note) => {
    const { text, code } = typed([...flags, '-f', 'nowhere.yaml', 'config']);
    await expect(code).rejects.toThrow('nowhere.yaml');
    expect(text.err).toBe(note);
  });

  it.each([
    ['docker compose', ['version'], 'Docker Compose version v5.5.0+tcompose.1.2.3\n'],
    ['docker-compose', ['version', '--short'], '5.5.0+tcompose.1.2.3\n'],
    ['docker-compose', ['-v'], 'Docker Compose version v5.5.0+tcompose.1.2.3\n'],
    ['docker compose', ['-v'], 'Docker Compose version v5.5.0+tcompose.1.2.3\n'],
    ['docker tcompose', ['version', '-f', 'json'], '{"version":"v1.2.3"}\n'],
  ])('in the place of %s answers %j', async (program, argv, expected) => {
    expect((await runAs(program, ...argv)).out).toBe(expected);
  });

  it.each(['docker compose', 'docker-compose', 'docker tcompose'])(
    'explains itself under the name %s',
    async (program) => {
      expect((await runAs(program)).out).toContain(`Usage:  ${program} [OPTIONS] COMMAND\n`);
      expect((await runAs(program, 'help', 'up')).out).toContain(`Usage:  ${program} up [OPTIONS]`);
    },
  );

  it('prints help on standard output for a command that does not exist', async () => {
    const { code, text } = typed(['composee'], { programName: 'docker compose' });
    await expect(code).rejects.toThrow('unknown docker command: "compose composee"');
    expect(text.out).toContain('Usage:  docker compose [OPTIONS] COMMAND');
  });

  it.each([
    ['upp', 'up'],
    ['starts', 'start'],
  ])('knows which command was meant by %s', async (typed, meant) => {
    await expect(run(typed)).rejects.toMatchObject({ hint: `did you mean ${meant}?` });
  });

  it.each([
    [['up', '--y', '--help'], 'warning: --y is deprecated, please use --yes instead\n'],
    [['create', '--y', '--help'], 'warning: --y is deprecated, please use --yes instead\n'],
    [['down', '--volume', '--help'], 'warning: --volume is deprecated, please use --volumes\n'],
  ])('accepts %j and says what to use instead', async (argv, warning) => {
    const { code, err } = await run(...argv);
    expect(code).toBe(0);
    expect(err).toBe(warning);
  });

  it.each([
    [['nope'], 'unknown docker command: "compose nope"'],
    [['up', '--nope'], 'unknown flag: --nope'],
    [['--nope', 'up'], 'unknown flag: --nope'],
    [['up', '-f', 'x.yaml'], "unknown shorthand flag: 'f' in -f"],
    [['scale'], 'requires at least 1 arg(s), only received 0'],
    [['version', 'x'], 'unknown command "x" for "tcompose version"'],
    [['up', '--build', '--no-build'], '--build and --no-build are incompatible'],
    [
      ['up', '--force-recreate', '--no-recreate'],
      '--force-recreate and --no-recreate are incompatible',
    ],
    [['up', '--no-recreate', '-V'], '--no-recreate and --renew-anon-volumes are incompatible'],
    [
      ['up', '-d', '--attach', 'web'],
      '--detach cannot be combined with --abort-on-container-exit, --abort-on-container-failure, --attach, --attach-dependencies or --watch',
    ],
    [
      ['up', '--attach', 'web', '--attach-dependencies'],
      'cannot combine --attach and --attach-dependencies',
    ],
    [['up', '--wait-timeout', '-1'], '--wait-timeout must be a non-negative integer'],
    [['up', '--scale', 'web'], 'invalid --scale option "web". Should be SERVICE=NUM'],
    [['up', '--scale', 'web=1=2'], 'invalid --scale option "web=1=2". Should be SERVICE=NUM'],
    [['up', '--scale', 'web='], 'strconv.Atoi: parsing "": invalid syntax'],
    [['up', '--scale', 'web=x'], 'strconv.Atoi: parsing "x": invalid syntax'],
    [['scale', 'web'], 'invalid scale specifier: web'],
    [['scale', 'web='], 'invalid scale specifier: web='],
    [['scale', 'web='], 'invalid scale specifier: web='],
    [['scale', 'web=x'], "invalid scale specifier: can't parse replica value as int: web=x"],
    [['up', '--pull', 'sometimes'], 'invalid --pull option "sometimes"'],
    [['down', '--rmi', 'some'], 'invalid value for --rmi: "some"'],
    [['--progress', 'loud', 'ps'], 'unsupported --progress value "loud"'],
    [['--ansi', 'maybe', 'ps'], 'unsupported --ansi value "maybe"'],
    [['-H', 'a', '-H', 'b', 'ps'], 'specify only one -H'],
    [['-H', 'a', '-c', 'b', 'ps'], 'conflicting options: cannot specify both --host and --context'],
  ])('refuses %j', async (argv, message) => {
    await expect(run(...argv)).rejects.toThrow(message);
  });
});

describe('a group of commands', () => {
  it.each([
    [['alpha']],
    [['alpha', '--help']],
    [['alpha', '--dry-run', '-h']],
    [['help', 'alpha']],
    [['--help', 'alpha']],
  ])('lists what belongs to it: %j', async (argv) => {
    const { code, out } = await run(...argv);
    expect(code).toBe(0);
    expect(out).toMatch(/^Usage: {2}tcompose alpha \[OPTIONS] COMMAND\n/);
    expect(out).toMatch(/Commands:\n {2}generate .*\n {2}publish .*\n {2}viz .*\n/);
  });

  it.each([[['alpha', 'viz', '--help']], [['help', 'alpha', 'viz']], [['--help', 'alpha', 'viz']]])(
    'explains one of its commands: %j',
    async (argv) => {
      const { out } = await run(...argv);
      expect(out).toMatch(/^Usage: {2}tcompose alpha viz \[OPTIONS]\n/);
      expect(out).toContain('--indentation-size int');
    },
  );

  it('refuses other words with what may have been meant', async () => {
    await expect(run('alpha', 'vis')).rejects.toMatchObject({
      message: 'unknown docker command: "compose alpha vis"',
      hint: 'did you mean viz?',
    });
    await expect(run('alpha', '--ports')).rejects.toThrow('unknown flag: --ports');
    await expect(run('help', 'alpha', 'nope')).rejects.toThrow('unknown docker command');
  });

  it('hands what follows to its command', async () => {
    await expect(run('alpha', 'viz', '--nope')).rejects.toThrow('unknown flag: --nope');
    await expect(run('alpha', 'generate')).rejects.toThrow(
      'at least one container must be specified',
    );
  });
});

describe('every command', () => {
  const all = commands.flatMap((command) => [command, ...(command.subcommands ?? [])]);
  it.each(all.map((command) => [command.usage, command] as const))(
    '%s has flags that do not collide',
    (_name, { flags }) => {
      const all = [...flags, ...everyCommandFlags];
      const names = all.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
      expect(new Set(names).size).toBe(names.length);
      const letters = all.flatMap(({ short }) => (short === undefined ? [] : [short]));
      expect(new Set(letters).size).toBe(letters.length);
    },
  );

  it('has a usage that begins with its name and a summary', () => {
    for (const { name, usage, summary } of commands) {
      expect(usage.startsWith(name)).toBe(true);
      expect(summary).not.toBe('');
    }
  });

  it('leaves the flags before it alone', () => {
    const letters = globalFlags.flatMap(({ short }) => (short === undefined ? [] : [short]));
    expect(new Set(letters).size).toBe(letters.length);
  });
});
