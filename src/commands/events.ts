import type { CommandDefinition } from './definition.ts';

/** `tcompose events` */
export const command: CommandDefinition = {
  name: 'events',
  usage: 'events [OPTIONS] [SERVICE...]',
  summary: 'Show what happens to containers, as it happens',
  usesEngine: true,
  flags: [
    { name: 'json', type: 'bool', summary: 'One JSON object per event' },
    {
      name: 'since',
      type: 'string',
      summary: 'Begin with events since a time (2013-01-02T13:23:37Z) or of an age (42m)',
    },
    {
      name: 'until',
      type: 'string',
      summary: 'End at a time (2013-01-02T13:23:37Z) or at an age (42m)',
    },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/events.ts');
    return run(invocation);
  },
};
