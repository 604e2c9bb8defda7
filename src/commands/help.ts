import { typedLine, usageText } from './usage-words.ts';
import type { CommandDefinition, FlagDefinition } from './definition.ts';
import { everyCommandFlags, globalFlags } from './global-flags.ts';

/** Help of the program: what it is, its commands, the flags before the command word. */
export function programHelp(program: string, commands: readonly CommandDefinition[]): string {
  return [
    `Usage:  ${program} [OPTIONS] COMMAND`,
    '',
    'Runs Compose projects on one machine or on many.',
    '',
    'Options:',
    ...flagRows(globalFlags),
    '',
    'Commands:',
    ...commandRows(commands.filter((command) => command.hidden !== true)),
    '',
    `Run '${program} COMMAND --help' for more about a command.`,
    '',
  ].join('\n');
}

/** Help of one command: usage, what it does, flags, examples; of a group, its commands. */
export function commandHelp(program: string, command: CommandDefinition): string {
  const lines = [usageText(command, program), '', command.summary];
  if (command.aliases !== undefined && command.aliases.length > 0) {
    lines.push('', `Also called: ${command.aliases.join(', ')}`);
  }
  lines.push('', 'Options:', ...flagRows([...command.flags, ...everyCommandFlags]));
  if (command.subcommands !== undefined) {
    const more = `Run '${typedLine(program, command.name)} COMMAND --help' for more about a command.`;
    const shown = command.subcommands.filter(({ hidden }) => hidden !== true);
    lines.push('', 'Commands:', ...commandRows(shown), '', more);
  }
  if (command.examples !== undefined) {
    lines.push(
      '',
      'Examples:',
      ...command.examples.map((example) => `  ${typedLine(program, example)}`),
    );
  }
  return `${lines.join('\n')}\n`;
}

function commandRows(commands: readonly CommandDefinition[]): string[] {
  const rows = commands.map(({ name, summary }): [string, string] => [name, summary]);
  return columns(rows.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const PLACEHOLDERS = {
  bool: '',
  string: ' string',
  int: ' int',
  list: ' list',
  filter: ' filter',
  bytes: ' bytes',
};

function flagRows(flags: readonly FlagDefinition[]): string[] {
  const rows = flags
    .filter((flag) => flag.hidden !== true)
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((flag): [string, string] => {
      const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
      const fallback =
        flag.default === undefined || ['', 'false', '0'].includes(flag.default)
          ? ''
          : ` (default ${flag.default})`;
      return [`${short}--${flag.name}${PLACEHOLDERS[flag.type]}`, `${flag.summary}${fallback}`];
    });
  return columns(rows);
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}   ${right}`);
}
