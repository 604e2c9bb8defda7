import type { CommandDefinition } from '../definition.ts';

/** Makes commands that take machines as `words` says, unless they have a usage line of their own. */
export function commandsOn(
  words: '[MACHINE]' | '[MACHINE...]',
): (
  name: string,
  about: Pick<CommandDefinition, 'summary'> & Partial<CommandDefinition>,
  run: CommandDefinition['run'],
) => CommandDefinition {
  return (name, about, run) => ({
    name,
    usage: `machine ${name} [OPTIONS] ${words}`,
    projectless: true,
    singleDash: true,
    flags: [],
    ...about,
    run,
  });
}
