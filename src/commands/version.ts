import type { CommandDefinition } from './definition.ts';

/** `tcompose version` */
export const command: CommandDefinition = {
  name: 'version',
  usage: 'version [OPTIONS]',
  summary: 'Print the version',
  args: { max: 0 },
  projectless: true,
  flags: [
    {
      name: 'format',
      short: 'f',
      type: 'string',
      summary: 'pretty or json',
      values: ['pretty', 'json'],
    },
    { name: 'short', type: 'bool', summary: 'Only the number' },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/version.ts');
    return run(invocation);
  },
};
