import type { CommandDefinition } from './definition.ts';

/** `tcompose push` */
export const command: CommandDefinition = {
  name: 'push',
  usage: 'push [OPTIONS] [SERVICE...]',
  summary: 'Push images of services',
  flags: [
    {
      name: 'ignore-push-failures',
      type: 'bool',
      summary: 'Push what can be pushed and report the rest',
    },
    { name: 'include-deps', type: 'bool', summary: 'Images of the services it depends on too' },
    { name: 'quiet', short: 'q', type: 'bool', summary: 'No progress' },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/push.ts');
    return run(invocation);
  },
};
