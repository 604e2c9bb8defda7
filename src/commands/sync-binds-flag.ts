import type { FlagDefinition } from './definition.ts';

/** `--sync-binds` of commands that make or start containers. */
export const syncBindsFlag: FlagDefinition = {
  name: 'sync-binds',
  type: 'bool',
  summary: "Copy bind mounts of this computer's files to the host of an engine over SSH first",
};
