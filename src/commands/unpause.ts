import type { CommandDefinition } from './definition.ts';

/** `tcompose unpause` */
export const command: CommandDefinition = {
  name: 'unpause',
  usage: 'unpause [SERVICE...]',
  summary: 'Let frozen containers go on',
  flags: [],
  run: async (invocation) => {
    const { run } = await import('./run/unpause.ts');
    return run(invocation);
  },
};
