import type { CommandDefinition } from './definition.ts';

/** `tcompose stop` */
export const command: CommandDefinition = {
  name: 'stop',
  usage: 'stop [OPTIONS] [SERVICE...]',
  summary: 'Stop running containers without removing them',
  usesEngine: true,
  flags: [
    {
      name: 'timeout',
      short: 't',
      type: 'int',
      default: '0',
      summary: 'Seconds to wait for a container to stop before it is killed',
    },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/stop.ts');
    return run(invocation);
  },
};
