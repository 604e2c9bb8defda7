import type { CommandDefinition } from './definition.ts';

/** `tcompose images` */
export const command: CommandDefinition = {
  name: 'images',
  usage: 'images [OPTIONS] [SERVICE...]',
  summary: 'List the images of containers',
  usesEngine: true,
  flags: [
    {
      name: 'format',
      type: 'string',
      default: 'table',
      summary: 'table or json',
      values: ['table', 'json'],
    },
    { name: 'quiet', short: 'q', type: 'bool', summary: 'Only ids' },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/images.ts');
    return run(invocation);
  },
};
