import type { CommandDefinition } from './definition.ts';

/** `tcompose top` */
export const command: CommandDefinition = {
  name: 'top',
  usage: 'top [SERVICE...]',
  summary: 'List the processes in containers',
  usesEngine: true,
  flags: [],
  run: async (invocation) => {
    const { run } = await import('./run/top.ts');
    return run(invocation);
  },
};
