import type { CommandDefinition } from './definition.ts';

/** `tcompose pause` */
export const command: CommandDefinition = {
  name: 'pause',
  usage: 'pause [SERVICE...]',
  summary: 'Freeze containers',
  flags: [],
  run: async (invocation) => {
    const { run } = await import('./run/pause.ts');
    return run(invocation);
  },
};
