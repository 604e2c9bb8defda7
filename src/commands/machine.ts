import { machineProgram } from '../app/identity.ts';
import { UsageError } from './usage-error.ts';
import { command as completion } from './completion.ts';
import type { CommandDefinition } from './definition.ts';
import { commandHelp } from './help.ts';
import { changingCommands } from './machine/changing.ts';
import { command as create } from './machine/create.ts';
import { groupFlags } from './machine/flags.ts';
import { reachingCommands } from './machine/reaching.ts';
import { readingCommands } from './machine/reading.ts';
import { storeCommands } from './machine/store.ts';
import { withMoreFlags } from './more-flags.ts';

const help: CommandDefinition = {
  name: 'help',
  aliases: ['h'],
  usage: 'machine help [COMMAND]',
  summary: 'Shows a list of commands or help for one command',
  projectless: true,
  interspersed: false,
  flags: [],
  run: async ({ args: [name, ...rest], session }) => {
    const found = name === undefined ? command : subcommands.find((each) => each.name === name);
    if (found === undefined) throw new UsageError(unknown(session.programName, name ?? ''));
    const whole = await withMoreFlags(found, rest, session);
    session.stdout.write(commandHelp(session.programName, whole));
    return 0;
  },
};

const subcommands: readonly CommandDefinition[] = [
  create,
  ...readingCommands,
  ...changingCommands,
  ...reachingCommands,
  ...storeCommands,
  // Of use under the name docker-machine, where it is the only way to it.
  { ...completion, usage: 'machine completion bash|zsh|fish', hidden: true },
  help,
];

function unknown(program: string, name: string): string {
  const called = machineProgram(program);
  return `${called}: '${name}' is not a ${called} command. See '${called} --help'.`;
}

/** `tcompose machine`, and all of docker-machine. */
export const command: CommandDefinition = {
  name: 'machine',
  usage: 'machine [OPTIONS] COMMAND',
  summary: 'Create and manage machines running Docker.',
  projectless: true,
  singleDash: true,
  flags: groupFlags,
  subcommands,
  unknown,
  run: async (invocation) => {
    if (invocation.flags.bool('version')) {
      const { version } = await import('./run/machine/reading.ts');
      return version(invocation);
    }
    const { session } = invocation;
    session.stdout.write(commandHelp(session.programName, command));
    return 0;
  },
};
