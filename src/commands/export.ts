import type { CommandDefinition } from './definition.ts';

/** `tcompose export` */
export const command: CommandDefinition = {
  name: 'export',
  usage: 'export [OPTIONS] SERVICE',
  summary: "Write a container's file system as a tar archive",
  args: { min: 1 },
  usesEngine: true,
  flags: [
    { name: 'index', type: 'int', default: '0', summary: 'Replica; default: the first' },
    {
      name: 'output',
      short: 'o',
      type: 'string',
      summary: 'File to write instead of standard output',
      values: 'files',
    },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/export.ts');
    return run(invocation);
  },
};
