import { type Session, sessionWith } from '../app/session.ts';
import { nearest } from '../foundation/nearest.ts';
import { checkArity } from './arity.ts';
import type { CommandDefinition } from './definition.ts';
import type { Invocation } from './invocation.ts';
import { parseFlags } from './flag-parser.ts';
import type { FlagValues } from './flag-values.ts';
import { globalOptions, obsoleteFlags } from './global-options.ts';
import { everyCommandFlags, globalFlags } from './global-flags.ts';
import { commandHelp, programHelp } from './help.ts';
import { commands } from './index.ts';
import { withMoreFlags } from './more-flags.ts';
import { UsageError } from './usage-error.ts';

/**
 * Finds the command that a command line names and runs it.
 *
 * @param argv words after the program's name
 * @returns the exit code
 * @throws UsageError when the line is wrong; whatever the command throws
 */
export async function dispatch(argv: readonly string[], session: Session): Promise<number> {
  if (argv[0] === '__complete' || argv[0] === '__completeNoDesc') {
    const { complete } = await import('./run/complete.ts');
    const descriptions = argv[0] === '__complete';
    return complete(argv.slice(1), { descriptions, commands }, session);
  }
  const { flags: global, words } = parseFlags(argv, globalFlags, { interspersed: false });
  const [name, ...rest] = words;
  if (global.bool('version') && !ignoresVersion(name, session)) {
    return dispatch(['version', ...rest], session);
  }
  if (name === undefined || (name === 'help' && rest.length === 0)) {
    session.stdout.write(programHelp(session.programName, commands));
    return 0;
  }
  if (name === 'help') return help(rest, session);
  if (global.bool('help')) return help(words, session);
  const command = find(name, commands);
  if (command === undefined) return unknownCommand(name, session);
  const dryRun = global.bool('dry-run');
  return runCommand(command, { global, argv: rest, dryRun, typed: argv }, session);
}

/** What stands on both sides of a command's name. */
interface Line {
  readonly global: FlagValues;
  readonly argv: readonly string[];
  /** Flags of the group that the command is in. */
  readonly group?: FlagValues;
  /** Asked for before the command's name. */
  readonly dryRun: boolean;
  readonly typed: readonly string[];
}

/** As docker's plugin, Compose leaves `-v` before a command without effect. */
function ignoresVersion(name: string | undefined, session: Session): boolean {
  return name !== undefined && session.programName.startsWith('docker ');
}

async function runCommand(
  definition: CommandDefinition,
  line: Line,
  session: Session,
): Promise<number> {
  const command = await withMoreFlags(definition, line.argv, session);
  const { subcommands } = command;
  const { flags, words, warnings } = parseFlags(
    line.argv,
    [...command.flags, ...everyCommandFlags],
    {
      interspersed: subcommands === undefined && (command.interspersed ?? true),
      singleDash: command.singleDash ?? false,
    },
  );
  for (const warning of warnings) session.stderr.write(`warning: ${warning}\n`);
  if (flags.bool('help')) return printHelp(command, session);
  const dryRun = line.dryRun || flags.bool('dry-run');
  const [name, ...argv] = words;
  if (subcommands !== undefined && name !== undefined) {
    const subcommand = find(name, subcommands);
    if (subcommand === undefined) return unknownSubcommand(command, name, session);
    return runCommand(subcommand, { ...line, argv, group: flags, dryRun }, session);
  }
  checkArity(command, words, session.programName);
  const { global, group, typed } = line;
  const invocation = {
    global,
    flags,
    ...(group === undefined ? {} : { group }),
    args: words,
    dryRun,
    typed,
    session,
  };
  if (command.projectless === true) return command.run(invocation);
  return runForProject(command, invocation, session);
}

/** Runs a command that has to do with the project of the current directory. */
async function runForProject(
  command: CommandDefinition,
  invocation: Invocation,
  session: Session,
): Promise<number> {
  const { global } = invocation;
  const options = globalOptions(global);
  for (const note of obsoleteFlags(global)) session.stderr.write(`${note}\n`);
  const earlyEngine = command.usesEngine
    ? await (await import('../app/engine.ts')).connectEarly(session, options.engine)
    : undefined;
  try {
    const { withEnvFileVariables } = await import('../app/load-project.ts');
    const surrounded = withEnvFileVariables(session, options);
    return await command.run({
      ...invocation,
      session: sessionWith(surrounded, { earlyEngine, remoteFiles: new Map() }),
    });
  } finally {
    earlyEngine?.close();
  }
}

function find(name: string, among: readonly CommandDefinition[]): CommandDefinition | undefined {
  return among.find((command) => command.name === name || command.aliases?.includes(name) === true);
}

/** Explains the command that the words lead to. */
async function help([name = '', ...rest]: readonly string[], session: Session): Promise<number> {
  let command = find(name, commands);
  if (command === undefined) return unknownCommand(name, session);
  for (const word of rest) {
    const { subcommands }: CommandDefinition = command;
    if (subcommands === undefined) break;
    const next = find(word, subcommands);
    if (next === undefined) return unknownSubcommand(command, word, session);
    command = next;
  }
  return printHelp(await withMoreFlags(command, rest, session), session);
}

function printHelp(command: CommandDefinition, session: Session): number {
  session.stdout.write(commandHelp(session.programName, command));
  return 0;
}

function unknownCommand(name: string, session: Session): number {
  session.stdout.write(programHelp(session.programName, commands));
  const shown = commands.filter(({ hidden }) => hidden !== true);
  throw unknown(name, { among: shown, path: name });
}

function unknownSubcommand(group: CommandDefinition, name: string, session: Session): number {
  const among = (group.subcommands ?? []).filter(({ hidden }) => hidden !== true);
  if (group.unknown !== undefined) {
    throw new UsageError(group.unknown(session.programName, name), meant(name, among));
  }
  session.stdout.write(commandHelp(session.programName, group));
  throw unknown(name, { among, path: `${group.name} ${name}` });
}

function unknown(
  name: string,
  { among, path }: { readonly among: readonly CommandDefinition[]; readonly path: string },
): UsageError {
  return new UsageError(`unknown docker command: "compose ${path}"`, meant(name, among));
}

function meant(name: string, among: readonly CommandDefinition[]): string | undefined {
  const near = nearest(
    name,
    among.map((command) => command.name),
  );
  return near === undefined ? undefined : `did you mean ${near}?`;
}
