/**
 * The commands of `tcompose machine` against those of docker-machine 0.16.2 (machine-commands.json: names, letters,
 * types and defaults, from its source). Whatever differs is listed here with its reason; a list that has more than
 * differs fails as well.
 */
import { describe, expect, it } from 'vitest';
import type { FlagDefinition } from '../../../src/commands/definition.ts';
import { command as machine } from '../../../src/commands/machine.ts';
import facts from './machine-commands.json' with { type: 'json' };

const theirs: Readonly<Record<string, readonly string[]>> = facts;

/** Commands that docker-machine has not, and what for. */
const EXTRA: Readonly<Record<string, string>> = {
  apply: 'machines of a file',
  authorize: 'sharing with a colleague',
  completion: 'the only way to it under the name docker-machine',
  doctor: 'says what is wrong',
  export: 'moving machines without secrets',
  gc: 'what interrupted commands left',
  import: 'machines of an export, of docker-machine, of an account',
  use: 'was in a shell script beside it',
};

const FORMAT = { 'format string=table': 'JSON for programs' };

/** Flags that docker-machine has not, by command, and what for. */
const EXTRA_FLAGS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '': { 'progress string': 'JSON for programs' },
  create: {
    'configure bool': 'an engine that is there already is left alone without it',
    'count int': 'several machines',
    'engine-source string=auto': 'where the engine comes from',
    'engine-tls bool': 'the engine is reached over SSH without it',
    'engine-tls-port int=2376': 'its port',
    'engine-version string': 'a version that is pinned',
    'force bool': 'begins anew',
    'parallel int=5': 'how many at once',
    'rollback bool': 'instead of going on later',
  },
  provision: { 'configure bool': 'as for create', 'engine-tls bool': 'opens and closes the port' },
  rm: { 'yes -y bool': 'the long name of -y' },
  upgrade: { 'engine-version string': 'a certain one, newer or older' },
  doctor: FORMAT,
};

/** Flags of docker-machine that are different, by command. */
const MISSING_FLAGS: Readonly<Record<string, readonly string[]>> = {
  // Its long name was --y, which is an alias.
  rm: ['y -y bool'],
};

function describeFlag({ name, short, type, default: fallback }: FlagDefinition): string {
  const flag = short === undefined ? name : `${name} -${short}`;
  return fallback === undefined ? `${flag} ${type}` : `${flag} ${type}=${fallback}`;
}

function sorted(texts: Iterable<string>): string[] {
  return [...texts].toSorted();
}

const commands = machine.subcommands ?? [];
const ours = new Map([['', machine], ...commands.map((each) => [each.name, each] as const)]);

describe('the commands of docker-machine', () => {
  it('are all here, with those that are meant', () => {
    const expected = [...Object.keys(theirs), ...Object.keys(EXTRA)];
    expect(sorted(ours.keys())).toEqual(sorted(expected));
  });

  it.each(Object.keys(theirs))('%j has the same flags', (name) => {
    const extra = Object.keys(EXTRA_FLAGS[name] ?? {});
    const missing = MISSING_FLAGS[name] ?? [];
    const flags = (ours.get(name)?.flags ?? []).map(describeFlag);
    expect(sorted([...flags, ...missing])).toEqual(sorted([...(theirs[name] ?? []), ...extra]));
  });

  it('take the short form of rm --yes by its old long name', () => {
    const yes = ours.get('rm')?.flags.find(({ short }) => short === 'y');
    expect(yes?.aliases).toEqual(['y']);
  });

  it.each([...ours.keys()])('%j is used as its usage line begins', (name) => {
    const usage = ours.get(name)?.usage ?? '';
    expect(usage.startsWith(`machine ${name}`.trimEnd())).toBe(true);
  });
});
