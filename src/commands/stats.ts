import type { CommandDefinition } from './definition.ts';

/** `tcompose stats` */
export const command: CommandDefinition = {
  name: 'stats',
  usage: 'stats [OPTIONS] [SERVICE...]',
  summary: 'Show what containers use of processors, memory, network and disks',
  usesEngine: true,
  flags: [
    { name: 'all', short: 'a', type: 'bool', summary: 'Containers that do not run too' },
    {
      name: 'format',
      type: 'string',
      summary: 'table, json, or a Go template, after "table " with headings',
      values: ['table', 'json'],
    },
    { name: 'no-stream', type: 'bool', summary: 'Print once and end' },
    { name: 'no-trunc', type: 'bool', summary: 'Full ids' },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/stats.ts');
    return run(invocation);
  },
};
