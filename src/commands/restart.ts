import type { CommandDefinition } from './definition.ts';
import { syncBindsFlag } from './sync-binds-flag.ts';

/** `tcompose restart` */
export const command: CommandDefinition = {
  name: 'restart',
  usage: 'restart [OPTIONS] [SERVICE...]',
  summary: 'Restart containers',
  usesEngine: true,
  flags: [
    { name: 'no-deps', type: 'bool', summary: 'Leave services that depend on it alone' },
    syncBindsFlag,
    {
      name: 'timeout',
      short: 't',
      type: 'int',
      default: '0',
      summary: 'Seconds to wait for a container to stop before it is killed',
    },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/restart.ts');
    return run(invocation);
  },
};
