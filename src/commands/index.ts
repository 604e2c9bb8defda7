import type { CommandDefinition } from './definition.ts';
import { command as build } from './build.ts';
import { command as config } from './config.ts';
import { command as down } from './down.ts';
import { command as logs } from './logs.ts';
import { command as ls } from './ls.ts';
import { command as ps } from './ps.ts';
import { command as pull } from './pull.ts';
import { command as version } from './version.ts';

/** Every command, by the word users type. */
export const commands: readonly CommandDefinition[] = [
  build,
  config,
  down,
  logs,
  ls,
  ps,
  pull,
  version,
];
