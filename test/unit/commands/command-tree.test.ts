/**
 * Our commands and flags against those of Docker Compose 5.5 (compose-commands.json: names, types and
 * defaults, from its reference pages and checked against its source). A flag is written as
 * `NAME -LETTER TYPE=DEFAULT hidden`. Whatever differs is listed here with its reason; a list that has
 * more than differs fails as well.
 */
import { describe, expect, it } from 'vitest';
import type { CommandDefinition, FlagDefinition } from '../../../src/commands/definition.ts';
import { dockerFlags, globalFlags } from '../../../src/commands/global-flags.ts';
import { commands } from '../../../src/commands/index.ts';
import facts from './compose-commands.json' with { type: 'json' };

interface CommandFacts {
  readonly flags: readonly string[];
  readonly aliases?: readonly string[];
  readonly hidden?: boolean;
}

const compose: Readonly<Record<string, CommandFacts>> = facts;

/** Commands of Compose that tcompose has no word for, and why. */
const ABSENT: Readonly<Record<string, string>> = {
  bridge: 'conversion into other models is not offered',
  'bridge convert': 'see bridge',
  'bridge transformations': 'see bridge',
  'bridge transformations create': 'see bridge',
  'bridge transformations list': 'see bridge',
};

/** Commands that Compose has not, and what for. */
const EXTRA: Readonly<Record<string, string>> = {
  machine: 'what docker-machine did; machine-tree.test.ts compares it',

  completion: 'a program of its own needs its own completion',
  'install-plugin': 'makes tcompose what docker compose runs',
  plan: 'shows what up would do, and why',
};

/** Other names of commands that Compose 5 has not, and why they stay. */
const EXTRA_ALIASES: Readonly<Record<string, readonly string[]>> = {
  // Compose 2 had it; scripts still use it.
  config: ['convert'],
};

/** Compose's default depends on its terminal when it starts, ours is found when the command runs. */
const NO_TTY = { theirs: 'no-tty -T bool=true', ours: 'no-tty -T bool' };

/** Flags that Compose has not, by command, and what for. */
const CONTENT_CHANGES = {
  'content-changes string': 'whether changed configs, secrets and files replace containers',
};

const SYNC_BINDS = { 'sync-binds bool': 'copies bind mounts to the host of an engine over SSH' };

const EXTRA_UP_FLAGS = { ...CONTENT_CHANGES, ...SYNC_BINDS };

const EXTRA_FLAGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  create: EXTRA_UP_FLAGS,
  up: EXTRA_UP_FLAGS,
  logs: { 'json bool': 'output with service, stream and time for programs' },
  config: { 'explain string': 'tells where a value comes from' },
  exec: { [NO_TTY.ours]: 'see NO_TTY' },
  run: { [NO_TTY.ours]: 'see NO_TTY', ...SYNC_BINDS },
  scale: SYNC_BINDS,
  start: SYNC_BINDS,
  restart: SYNC_BINDS,
  watch: SYNC_BINDS,
  down: { 'sync-binds bool': 'removes those copies' },
};

/** Flags of Compose that are missing or different, by command. */
const MISSING_FLAGS: Readonly<Record<string, readonly string[]>> = {
  exec: [NO_TTY.theirs],
  run: [NO_TTY.theirs],
};

function describeFlag({ name, short, type, default: fallback, hidden }: FlagDefinition): string {
  const plain = fallback === undefined || fallback === (type === 'int' ? '0' : 'false');
  return [
    name,
    ...(short === undefined ? [] : [`-${short}`]),
    plain ? type : `${type}=${fallback}`,
    ...(hidden === true ? ['hidden'] : []),
  ].join(' ');
}

/** Every command by its words; what belongs to a hidden one is hidden as well. */
function tree(of: readonly CommandDefinition[], prefix = ''): [string, CommandDefinition][] {
  return of.flatMap((command) => {
    const name = `${prefix}${command.name}`;
    const members = (command.subcommands ?? []).map((each) =>
      command.hidden === true ? { ...each, hidden: true } : each,
    );
    return [[name, command], ...tree(members, `${name} `)];
  });
}

/** Global flags that are not Compose's, with why they are here. */
const EXTRA_GLOBAL_FLAGS: Readonly<Record<string, string>> = {
  'lock bool=true': 'a project is changed by one run at a time',
  'lock-timeout string': 'how long to wait for the other one',
  'machine string': 'the engine of a machine of the store',
};

const ours = new Map(tree(commands));
const shared = [...ours].flatMap(([name, command]) =>
  compose[name] === undefined ? [] : [{ name, command, expected: compose[name] }],
);

function sorted(texts: Iterable<string>): string[] {
  return [...texts].toSorted();
}

describe('the commands of Compose', () => {
  it('are here, or known to be absent', () => {
    const missing = Object.keys(compose).filter((name) => name !== '' && !ours.has(name));
    expect(sorted(missing)).toEqual(sorted(Object.keys(ABSENT)));
  });

  it('are joined by those that are meant', () => {
    const extra = [...ours.keys()].filter(
      (name) => compose[name] === undefined && !name.startsWith('machine '),
    );
    expect(sorted(extra)).toEqual(sorted(Object.keys(EXTRA)));
  });

  it.each(shared)('$name has the flags of Compose', ({ name, command, expected }) => {
    const extra = Object.keys(EXTRA_FLAGS[name] ?? {});
    const missing = MISSING_FLAGS[name] ?? [];
    expect(sorted([...command.flags.map(describeFlag), ...missing])).toEqual(
      sorted([...expected.flags, ...extra]),
    );
  });

  it.each(shared)('$name has the names of Compose', ({ name, command, expected }) => {
    const extra = EXTRA_ALIASES[name] ?? [];
    expect(sorted(command.aliases ?? [])).toEqual(sorted([...(expected.aliases ?? []), ...extra]));
    expect(command.hidden ?? false).toBe(expected.hidden ?? false);
  });

  it('follow the flags of Compose', () => {
    const own = globalFlags.filter((flag) => !dockerFlags.includes(flag));
    const expected = [...(compose['']?.flags ?? []), ...Object.keys(EXTRA_GLOBAL_FLAGS)];
    expect(sorted(own.map(describeFlag))).toEqual(sorted(expected));
  });
});

describe('the flags of docker', () => {
  it('are those that docker passes to its plugins', () => {
    expect(sorted(dockerFlags.map(({ name, short = '' }) => `${name} ${short}`.trim()))).toEqual([
      'config',
      'context c',
      'debug D',
      'help h',
      'host H',
      'log-level l',
      'tls',
      'tlscacert',
      'tlscert',
      'tlskey',
      'tlsverify',
    ]);
  });
});
