import type { CommandDefinition } from './definition.ts';

/** `tcompose volumes` */
export const command: CommandDefinition = {
  name: 'volumes',
  usage: 'volumes [OPTIONS] [SERVICE...]',
  summary: 'List volumes',
  flags: [
    {
      name: 'format',
      type: 'string',
      default: 'table',
      summary: 'table, json, "table TEMPLATE" or a Go template',
      values: ['table', 'json'],
    },
    { name: 'quiet', short: 'q', type: 'bool', summary: 'Only names' },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/volumes.ts');
    return run(invocation);
  },
};
