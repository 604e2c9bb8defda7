import type { CommandDefinition } from './definition.ts';

/** `tcompose wait` */
export const command: CommandDefinition = {
  name: 'wait',
  usage: 'wait SERVICE [SERVICE...] [OPTIONS]',
  summary: 'Wait until containers end, with the exit code of the last one',
  args: { min: 1, wording: 'docker' },
  flags: [
    { name: 'down-project', type: 'bool', summary: 'Then stop and remove the whole project' },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/wait.ts');
    return run(invocation);
  },
};
