import type { CommandDefinition } from './definition.ts';

/** `tcompose rm` */
export const command: CommandDefinition = {
  name: 'rm',
  usage: 'rm [OPTIONS] [SERVICE...]',
  summary: 'Remove stopped containers',
  usesEngine: true,
  flags: [
    { name: 'all', short: 'a', type: 'bool', summary: 'No effect', hidden: true },
    { name: 'force', short: 'f', type: 'bool', summary: 'Do not ask' },
    { name: 'stop', short: 's', type: 'bool', summary: 'Stop containers first where needed' },
    { name: 'volumes', short: 'v', type: 'bool', summary: 'Also remove anonymous volumes' },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/rm.ts');
    return run(invocation);
  },
};
