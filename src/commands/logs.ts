import type { CommandDefinition } from './definition.ts';

/** `tcompose logs` */
export const command: CommandDefinition = {
  name: 'logs',
  usage: 'logs [OPTIONS] [SERVICE...]',
  summary: 'Show output of containers',
  usesEngine: true,
  flags: [
    { name: 'follow', short: 'f', type: 'bool', summary: 'Keep showing new output' },
    {
      name: 'index',
      type: 'int',
      default: '0',
      summary: 'Only this replica; with exactly one service',
    },
    { name: 'json', type: 'bool', summary: 'A line of JSON for every line, for programs' },
    { name: 'no-color', type: 'bool', summary: 'No colours' },
    { name: 'no-log-prefix', type: 'bool', summary: 'No container names before lines' },
    {
      name: 'since',
      type: 'string',
      summary: 'Only output since a time (2013-01-02T13:23:37Z) or an age (42m)',
    },
    {
      name: 'tail',
      short: 'n',
      type: 'string',
      default: 'all',
      summary: 'Only this many last lines of each container',
      values: ['all'],
    },
    { name: 'timestamps', short: 't', type: 'bool', summary: 'Time before every line' },
    {
      name: 'until',
      type: 'string',
      summary: 'Only output before a time (2013-01-02T13:23:37Z) or an age (42m)',
    },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/logs.ts');
    return run(invocation);
  },
};
