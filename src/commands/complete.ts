import type { CommandDefinition, FlagDefinition, ValueSet } from './definition.ts';
import { everyCommandFlags, globalFlags } from './global-flags.ts';
import { valuesOfWord } from './usage-words.ts';

/** What can stand where the cursor is. */
export type Place =
  | { readonly kind: 'commands'; readonly commands: readonly CommandDefinition[] }
  | { readonly kind: 'flags'; readonly flags: readonly FlagDefinition[] }
  | {
      readonly kind: 'values';
      readonly values: ValueSet;
      /** What is there of the value. */
      readonly begun: string;
      /** Words of the same kind that are there already. */
      readonly used: readonly string[];
      /** The words before the command, which say which project it is about. */
      readonly global: readonly string[];
      /** All words before the one that is typed. */
      readonly line: readonly string[];
    }
  | { readonly kind: 'nothing' };

const NOTHING: Place = { kind: 'nothing' };

/**
 * Finds out what is to be completed.
 *
 * @param words after the program's name, before the one that is being typed
 * @param begun what is there of that one
 */
export function placeOf(
  words: readonly string[],
  begun: string,
  commands: readonly CommandDefinition[],
): Place {
  const line = scan(words, globalFlags, false);
  const open = line.open === undefined ? 0 : 1;
  const global = words.slice(0, words.length - line.rest.length - open);
  const cursor = { begun, global, line: words };
  const flag = flagPlace(line, { ...cursor, flags: globalFlags });
  if (flag !== undefined) return flag;
  const [name, ...rest] = line.rest;
  if (name === undefined) return { kind: 'commands', commands: shown(commands) };
  const command = commands.find((each) => each.name === name || each.aliases?.includes(name));
  return command === undefined ? NOTHING : commandPlace(command, rest, cursor);
}

interface Cursor {
  readonly begun: string;
  readonly global: readonly string[];
  readonly line: readonly string[];
}

function commandPlace(command: CommandDefinition, words: readonly string[], cursor: Cursor): Place {
  const flags = [...command.flags, ...everyCommandFlags];
  const { subcommands } = command;
  const line = scan(words, flags, subcommands === undefined && (command.interspersed ?? true));
  const flag = flagPlace(line, { ...cursor, flags });
  if (flag !== undefined) return flag;
  if (subcommands !== undefined) return subcommandPlace(subcommands, line.rest, cursor);
  const used = line.rest;
  const values = valuesOfWord(command, used.length);
  return values === undefined ? NOTHING : { kind: 'values', values, used, ...cursor };
}

function subcommandPlace(
  commands: readonly CommandDefinition[],
  [name, ...rest]: readonly string[],
  cursor: Cursor,
): Place {
  if (name === undefined) return { kind: 'commands', commands: shown(commands) };
  const command = commands.find((each) => each.name === name);
  return command === undefined ? NOTHING : commandPlace(command, rest, cursor);
}

/** The part of a line that its flags explain. */
interface Scanned {
  /** The first word that is no flag, and what follows; of interspersed flags only the other words. */
  readonly rest: readonly string[];
  readonly given: ReadonlySet<string>;
  /** The flag whose value the next word is. */
  readonly open: FlagDefinition | undefined;
  /** Whether the next word can be a flag. */
  readonly flagsEnded: boolean;
}

/** Reads flags as flag-parser.ts does, but forgives what is wrong or not complete yet. */
function scan(
  words: readonly string[],
  flags: readonly FlagDefinition[],
  interspersed: boolean,
): Scanned {
  const given = new Set<string>();
  const others: string[] = [];
  let open: FlagDefinition | undefined;
  for (const [at, word] of words.entries()) {
    if (open !== undefined) {
      open = undefined;
      continue;
    }
    if (word === '--') {
      return { rest: [...others, ...words.slice(at + 1)], given, open, flagsEnded: true };
    }
    if (word.startsWith('-') && word !== '-') {
      const last = flagsIn(word, flags, given);
      open = last === undefined || last.type === 'bool' ? undefined : last;
    } else if (interspersed) others.push(word);
    else return { rest: words.slice(at), given, open, flagsEnded: true };
  }
  return { rest: others, given, open, flagsEnded: false };
}

/** Notes the flags of one word; returns the last of them unless its value is there. */
function flagsIn(
  word: string,
  flags: readonly FlagDefinition[],
  given: Set<string>,
): FlagDefinition | undefined {
  const [name = '', value] = word.split(/=(.*)/s);
  if (name.startsWith('--')) {
    const flag = flags.find((each) => `--${each.name}` === name);
    if (flag !== undefined) given.add(flag.name);
    return value === undefined ? flag : undefined;
  }
  for (let at = 1; at < name.length; at += 1) {
    const flag = flags.find(({ short }) => short === name[at]);
    if (flag === undefined) return undefined;
    given.add(flag.name);
    const ended = at === name.length - 1;
    if (flag.type !== 'bool') return ended && value === undefined ? flag : undefined;
  }
  return undefined;
}

function flagPlace(
  line: Scanned,
  { begun, flags, ...place }: Cursor & { readonly flags: readonly FlagDefinition[] },
): Place | undefined {
  const valueOf = (flag: FlagDefinition | undefined, part: string): Place =>
    flag?.values === undefined
      ? NOTHING
      : { kind: 'values', values: flag.values, begun: part, used: [], ...place };
  if (line.open !== undefined) return valueOf(line.open, begun);
  if (line.flagsEnded || !begun.startsWith('-')) return undefined;
  const equals = begun.indexOf('=');
  if (equals >= 0) {
    const flag = flags.find(({ name }) => `--${name}` === begun.slice(0, equals));
    return valueOf(flag, begun.slice(equals + 1));
  }
  const repeatable = new Set(['list', 'filter']);
  const left = flags.filter(
    ({ name, type, hidden }) => hidden !== true && (repeatable.has(type) || !line.given.has(name)),
  );
  return { kind: 'flags', flags: left };
}

function shown(commands: readonly CommandDefinition[]): readonly CommandDefinition[] {
  return commands.filter(({ hidden }) => hidden !== true);
}
