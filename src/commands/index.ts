import type { CommandDefinition } from './definition.ts';
import { command as ls } from './ls.ts';
import { command as version } from './version.ts';

/** Every command, by the word users type. */
export const commands: readonly CommandDefinition[] = [ls, version];
