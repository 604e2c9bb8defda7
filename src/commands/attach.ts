import type { CommandDefinition } from './definition.ts';

/** `tcompose attach` */
export const command: CommandDefinition = {
  name: 'attach',
  usage: 'attach [OPTIONS] SERVICE',
  summary: 'Connect the terminal with the main process of a running container',
  args: { min: 1 },
  flags: [
    {
      name: 'detach-keys',
      type: 'string',
      summary: 'Keys that leave the container running, such as ctrl-p,ctrl-q (the default)',
    },
    {
      name: 'index',
      type: 'int',
      default: '0',
      summary: 'Replica to connect with; 0 is the first that runs',
    },
    { name: 'no-stdin', type: 'bool', summary: 'Only show output' },
    {
      name: 'sig-proxy',
      type: 'bool',
      default: 'true',
      summary: 'Pass signals on to the process',
    },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/attach.ts');
    return run(invocation);
  },
};
