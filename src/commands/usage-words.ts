import { MACHINE_PROGRAM } from '../app/identity.ts';
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
  if (name === 'MACHINE') return 'machines';
  if (name.startsWith('MACHINE:')) return 'machine copies';
  if (name === 'MACHINES_FILE') return 'yaml files';
  if (name === 'MOUNTPOINT') return 'directories';
  return ['COMMAND', 'ARGS', 'PATH'].includes(name) ? 'files' : undefined;
}

/** `Usage:  docker compose cp …`, with a line more for commands that have two forms. */
export function usageText({ usage, otherUsage }: CommandDefinition, program: string): string {
  const other = otherUsage === undefined ? '' : `\n\t${program} ${otherUsage}`;
  return `Usage:  ${typedLine(program, usage)}${other}`;
}

/** A line of ours as it is typed under the program's name: `docker-machine ls` is `tcompose machine ls`. */
export function typedLine(program: string, line: string): string {
  const words = program === MACHINE_PROGRAM ? line.replace(/^machine( |$)/, '') : line;
  return words === '' ? program : `${program} ${words}`;
}
