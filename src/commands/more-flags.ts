import type { Session } from '../app/session.ts';
import type { CommandDefinition } from './definition.ts';

/** The command with the flags that the words of its line give it. */
export async function withMoreFlags(
  command: CommandDefinition,
  argv: readonly string[],
  session: Session,
): Promise<CommandDefinition> {
  if (command.moreFlags === undefined) return command;
  return { ...command, flags: [...command.flags, ...(await command.moreFlags(argv, session))] };
}
