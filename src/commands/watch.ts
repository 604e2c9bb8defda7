import type { CommandDefinition } from './definition.ts';
import { syncBindsFlag } from './sync-binds-flag.ts';

/** `tcompose watch` */
export const command: CommandDefinition = {
  name: 'watch',
  usage: 'watch [SERVICE...]',
  summary: 'Bring changes of files to running services as they are made',
  usesEngine: true,
  flags: [
    { name: 'no-up', type: 'bool', summary: 'Do not create and start the services first' },
    {
      name: 'prune',
      type: 'bool',
      default: 'true',
      summary: 'Remove images that lose their name to rebuilt ones',
    },
    { name: 'quiet', type: 'bool', summary: 'No output of builds' },
    syncBindsFlag,
  ],
  examples: ['watch', 'watch --no-up web'],
  run: async (invocation) => {
    const { run } = await import('./run/watch.ts');
    return run(invocation);
  },
};
