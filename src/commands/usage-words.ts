import type { CommandDefinition, ValueSet } from './definition.ts';

/**
 * What the command's word at `index` (0: the first after its flags) can be, as its usage line names
 * it: `[SERVICE...]` stands for any number of services, `bash|zsh` for either word.
 */
export function valuesOfWord({ usage }: CommandDefinition, index: number): ValueSet | undefined {
  const places = usage.split(' ').filter((word) => !/^[a-z-]+$|^\[OPTIONS?]$/.test(word));
  const last = places.at(-1);
  const place = places[index] ?? (last?.includes('...') === true ? last : undefined);
  return place === undefined ? undefined : valuesOf(place.replaceAll(/[[\]]|\.\.\./g, ''));
}

function valuesOf(name: string): ValueSet | undefined {
  if (/^[a-z]+(\|[a-z]+)+$/.test(name)) return name.split('|');
  if (name.startsWith('SERVICE=')) return 'replicas';
  if (name.startsWith('SERVICE:') || name.startsWith('DEST_PATH')) return 'copies';
  if (/^SERVICES?$/.test(name)) return 'services';
  return ['COMMAND', 'ARGS', 'PATH'].includes(name) ? 'files' : undefined;
}

/** `Usage:  docker compose cp …`, with a line more for commands that have two forms. */
export function usageText({ usage, otherUsage }: CommandDefinition, program: string): string {
  const other = otherUsage === undefined ? '' : `\n\t${program} ${otherUsage}`;
  return `Usage:  ${program} ${usage}${other}`;
}
