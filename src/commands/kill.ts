import type { CommandDefinition } from './definition.ts';

/** `tcompose kill` */
export const command: CommandDefinition = {
  name: 'kill',
  usage: 'kill [OPTIONS] [SERVICE...]',
  summary: 'Send a signal to containers, SIGKILL by default',
  usesEngine: true,
  flags: [
    {
      name: 'remove-orphans',
      type: 'bool',
      summary: 'Remove containers of services that the files no longer define',
    },
    {
      name: 'signal',
      short: 's',
      type: 'string',
      default: 'SIGKILL',
      summary: 'Signal to send',
      values: ['SIGHUP', 'SIGINT', 'SIGKILL', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2'],
    },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/kill.ts');
    return run(invocation);
  },
};
