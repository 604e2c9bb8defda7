import type { CommandDefinition } from './definition.ts';

/** `tcompose ls` */
export const command: CommandDefinition = {
  name: 'ls',
  usage: 'ls [OPTIONS]',
  summary: 'List projects that have containers',
  args: { max: 0 },
  projectless: true,
  flags: [
    {
      name: 'all',
      short: 'a',
      type: 'bool',
      summary: 'Projects whose containers are all stopped too',
    },
    {
      name: 'filter',
      type: 'filter',
      summary: 'Only projects with this property: name=REGEXP',
      values: ['name='],
    },
    {
      name: 'format',
      type: 'string',
      default: 'table',
      summary: 'table or json',
      values: ['table', 'json'],
    },
    { name: 'quiet', short: 'q', type: 'bool', summary: 'Only names' },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/ls.ts');
    return run(invocation);
  },
};
