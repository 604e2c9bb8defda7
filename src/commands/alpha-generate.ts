import type { CommandDefinition } from './definition.ts';

/** `tcompose alpha generate` */
export const command: CommandDefinition = {
  name: 'generate',
  usage: 'alpha generate [OPTIONS] [CONTAINERS...]',
  summary: 'Print a Compose file for containers that there are',
  projectless: true,
  flags: [
    {
      name: 'format',
      type: 'string',
      default: 'yaml',
      summary: 'yaml or json',
      values: ['yaml', 'json'],
    },
    { name: 'name', type: 'string', summary: 'Name of the project to write into the file' },
    {
      name: 'project-dir',
      type: 'string',
      summary: 'Directory that the file is for: what is mounted from it is written relative to it',
      values: 'directories',
    },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/alpha-generate.ts');
    return run(invocation);
  },
};
