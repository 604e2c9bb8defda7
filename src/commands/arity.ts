import type { CommandDefinition } from './definition.ts';
import { UsageError } from './usage-error.ts';
import { usageText } from './usage-words.ts';

/**
 * Checks how many words a command was given.
 *
 * @param program as users type it: `docker compose`
 * @throws UsageError in the words of Compose, which are those of cobra, or for some commands of docker
 */
export function checkArity(
  command: CommandDefinition,
  words: readonly string[],
  program: string,
): void {
  const { min = 0, max = Infinity, wording = 'cobra' } = command.args ?? {};
  if (words.length >= min && words.length <= max) return;
  if (wording === 'docker') throw new UsageError(dockerText(command, { min, max }, program));
  throw new UsageError(cobraText(command, words, program), `usage: ${command.usage}`);
}

interface Bounds {
  readonly min: number;
  readonly max: number;
}

function cobraText(
  { name, args: { min = 0, max = Infinity } = {} }: CommandDefinition,
  words: readonly string[],
  program: string,
): string {
  const received = words.length;
  if (max === 0) return `unknown command ${JSON.stringify(words[0])} for "${program} ${name}"`;
  if (max === Infinity) return `requires at least ${min} arg(s), only received ${received}`;
  if (min === 0) return `accepts at most ${max} arg(s), received ${received}`;
  if (min === max) return `accepts ${min} arg(s), received ${received}`;
  return `accepts between ${min} and ${max} arg(s), received ${received}`;
}

function dockerText(command: CommandDefinition, bounds: Bounds, program: string): string {
  const { name } = command;
  const { min, max } = bounds;
  const count = min === max ? `${min}` : `at least ${min}`;
  const see = min === max ? 'Run' : 'See';
  return [
    `${program.split(' ')[0]}: '${program} ${name}' requires ${count} ${min === 1 ? 'argument' : 'arguments'}`,
    usageText(command, program),
    `${see} '${program} ${name} --help' for more information`,
  ].join('\n\n');
}
