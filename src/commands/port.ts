import type { CommandDefinition } from './definition.ts';

/** `tcompose port` */
export const command: CommandDefinition = {
  name: 'port',
  usage: 'port [OPTIONS] SERVICE PRIVATE_PORT',
  summary: 'Print where a port of a container is published',
  args: { min: 2 },
  flags: [
    { name: 'index', type: 'int', default: '0', summary: 'Replica; default: the first' },
    {
      name: 'protocol',
      type: 'string',
      default: 'tcp',
      summary: 'tcp or udp',
      values: ['tcp', 'udp'],
    },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/port.ts');
    return run(invocation);
  },
};
