import type { Session } from '../../app/session.ts';
import { withMoreFlags } from '../more-flags.ts';
import { placeOf, type Place } from '../complete.ts';
import type { CommandDefinition } from '../definition.ts';
import { parseFlags } from '../flag-parser.ts';
import { globalFlags } from '../global-flags.ts';
import { globalOptions } from '../global-options.ts';

/** What the shell is to do with the words, in the numbers and names of cobra. */
const DIRECTIVES = {
  default: [0, 'ShellCompDirectiveDefault'],
  noSpace: [6, 'ShellCompDirectiveNoSpace, ShellCompDirectiveNoFileComp'],
  copies: [2, 'ShellCompDirectiveNoSpace'],
  noFiles: [4, 'ShellCompDirectiveNoFileComp'],
  extensions: [8, 'ShellCompDirectiveFilterFileExt'],
  directories: [16, 'ShellCompDirectiveFilterDirs'],
} as const;

interface Offers {
  /** Each with a tab and a description behind it where there is one. */
  readonly lines: readonly string[];
  readonly directive: keyof typeof DIRECTIVES;
}

/**
 * Answers a shell that asks what could be typed next, in the protocol of cobra, which docker's
 * completion uses as well: a line for each word, then `:` and what to do with them.
 *
 * @param argv the words up to the cursor, the last being the one that is typed
 */
export async function complete(
  argv: readonly string[],
  options: { readonly descriptions: boolean; readonly commands: readonly CommandDefinition[] },
  session: Session,
): Promise<number> {
  const begun = argv.at(-1) ?? '';
  const words = argv.slice(0, -1);
  const commands = await withFlagsOf(words, options.commands, session);
  const place = placeOf(words, begun, commands);
  const { lines, directive } = await offersOf(place, begun, session);
  const shown = options.descriptions ? lines : lines.map((line) => line.replace(/\t.*/s, ''));
  const [number, name] = DIRECTIVES[directive];
  session.stdout.write([...shown, `:${number}`, ''].join('\n'));
  session.stderr.write(`Completion ended with directive: ${name}\n`);
  return 0;
}

async function offersOf(place: Place, begun: string, session: Session): Promise<Offers> {
  switch (place.kind) {
    case 'commands': {
      const rows = place.commands.map(({ name, summary }) => `${name}\t${summary}`);
      return { lines: beginning(begun, rows.toSorted()), directive: 'noFiles' };
    }
    case 'flags': {
      const rows = place.flags.flatMap(({ name, short, summary }) => [
        `--${name}\t${summary}`,
        ...(short === undefined ? [] : [`-${short}\t${summary}`]),
      ]);
      return { lines: beginning(begun, rows.toSorted()), directive: 'noFiles' };
    }
    case 'values':
      return valueOffers(place, session);
    case 'nothing':
      return { lines: [], directive: 'noFiles' };
  }
}

async function valueOffers(
  place: Extract<Place, { kind: 'values' }>,
  session: Session,
): Promise<Offers> {
  const { values, begun, used, global } = place;
  if (typeof values !== 'string') {
    const unfinished = values.every((value) => value.endsWith('='));
    return { lines: beginning(begun, values), directive: unfinished ? 'noSpace' : 'noFiles' };
  }
  switch (values) {
    case 'files':
      return { lines: [], directive: 'default' };
    case 'yaml files':
      return { lines: ['yaml', 'yml'], directive: 'extensions' };
    case 'directories':
      return { lines: [], directive: 'directories' };
    case 'services':
    case 'profiles':
    case 'projects':
    case 'contexts':
    case 'replicas':
    case 'copies': {
      const suffix = { replicas: '=', copies: ':' }[values as string] ?? '';
      const names = await namesOf(values, global, session);
      const left = names.filter((name) => !used.some((word) => word.split('=')[0] === name));
      const lines = beginning(
        begun,
        left.map((name) => `${name}${suffix}`),
      );
      if (values === 'copies') return { lines, directive: 'copies' };
      return { lines, directive: values === 'replicas' ? 'noSpace' : 'noFiles' };
    }
    default: {
      const { machineValues } = await import('./machine/complete.ts');
      const lines = beginning(begun, await machineValues(values, place, session));
      return { lines, directive: values === 'machine copies' ? 'copies' : 'noFiles' };
    }
  }
}

/** The commands that the words name, with the flags that other words give them. */
function withFlagsOf(
  words: readonly string[],
  commands: readonly CommandDefinition[],
  session: Session,
): Promise<readonly CommandDefinition[]> {
  return Promise.all(
    commands.map(async (command) => {
      if (!words.includes(command.name)) return command;
      const whole = await withMoreFlags(command, words, session).catch(() => command);
      if (whole.subcommands === undefined) return whole;
      return { ...whole, subcommands: await withFlagsOf(words, whole.subcommands, session) };
    }),
  );
}

/** Nothing that goes wrong while somebody types is worth more than no offer. */
async function namesOf(
  values: 'services' | 'profiles' | 'projects' | 'contexts' | 'replicas' | 'copies',
  global: readonly string[],
  session: Session,
): Promise<readonly string[]> {
  try {
    const { flags } = parseFlags(global, globalFlags, { interspersed: false });
    const names = await import('../../app/known-names.ts');
    const silent = { ...session, stderr: { write: () => true } };
    const options = globalOptions(flags);
    if (values === 'projects') return await names.projectNames(silent, options);
    if (values === 'contexts') return names.contextNames(silent, options);
    if (values === 'profiles') return names.profileNames(silent, options);
    return names.serviceNames(silent, options);
  } catch {
    return [];
  }
}

function beginning(begun: string, words: readonly string[]): readonly string[] {
  return words.filter((word) => word.startsWith(begun));
}
