import type { CommandDefinition } from './definition.ts';

/** `tcompose pull` */
export const command: CommandDefinition = {
  name: 'pull',
  usage: 'pull [OPTIONS] [SERVICE...]',
  summary: 'Pull images of services',
  flags: [
    { name: 'ignore-buildable', type: 'bool', summary: 'Leave out images that can be built' },
    {
      name: 'ignore-pull-failures',
      type: 'bool',
      summary: 'Pull what can be pulled and report the rest',
    },
    { name: 'include-deps', type: 'bool', summary: 'Images of the services it depends on too' },
    { name: 'no-parallel', type: 'bool', default: 'true', summary: 'No effect', hidden: true },
    { name: 'parallel', type: 'bool', default: 'true', summary: 'No effect', hidden: true },
    {
      name: 'policy',
      type: 'string',
      summary: 'What to pull: missing or always',
      values: ['missing', 'always'],
    },
    { name: 'quiet', short: 'q', type: 'bool', summary: 'Tell of images, not of their layers' },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/pull.ts');
    return run(invocation);
  },
};
