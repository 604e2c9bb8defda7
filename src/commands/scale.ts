import type { CommandDefinition } from './definition.ts';
import { syncBindsFlag } from './sync-binds-flag.ts';

/** `tcompose scale` */
export const command: CommandDefinition = {
  name: 'scale',
  usage: 'scale [OPTIONS] SERVICE=REPLICAS...',
  summary: 'Change how many containers services run',
  args: { min: 1 },
  flags: [
    { name: 'no-deps', type: 'bool', summary: 'Leave the services that it depends on alone' },
    syncBindsFlag,
  ],
  run: async (invocation) => {
    const { run } = await import('./run/scale.ts');
    return run(invocation);
  },
};
