import type { CommandDefinition } from './definition.ts';
import { syncBindsFlag } from './sync-binds-flag.ts';

/** `tcompose start` */
export const command: CommandDefinition = {
  name: 'start',
  usage: 'start [OPTIONS] [SERVICE...]',
  summary: 'Start existing containers',
  usesEngine: true,
  flags: [
    { name: 'wait', type: 'bool', summary: 'Wait until services are running or healthy' },
    syncBindsFlag,
    {
      name: 'wait-timeout',
      type: 'int',
      default: '0',
      summary: 'Give up waiting after this many seconds',
    },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/start.ts');
    return run(invocation);
  },
};
