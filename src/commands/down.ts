import type { CommandDefinition } from './definition.ts';

/** `tcompose down` */
export const command: CommandDefinition = {
  name: 'down',
  usage: 'down [OPTIONS] [SERVICE...]',
  summary: 'Stop and remove containers and networks',
  usesEngine: true,
  flags: [
    {
      name: 'remove-orphans',
      type: 'bool',
      summary: 'Remove containers of services that the files no longer define',
    },
    {
      name: 'rmi',
      type: 'string',
      summary: 'Also remove images: all, or local for those without a name of their own',
      values: ['all', 'local'],
    },
    {
      name: 'sync-binds',
      type: 'bool',
      summary:
        'Remove copies of bind mounts on the host of an engine over SSH, with what containers wrote there',
    },
    {
      name: 'timeout',
      short: 't',
      type: 'int',
      default: '0',
      summary: 'Seconds to wait for a container to stop before it is killed',
    },
    {
      name: 'volumes',
      short: 'v',
      type: 'bool',
      summary: 'Also remove named volumes of the files and anonymous volumes',
      aliases: ['volume'],
      aliasWarning: '--volume is deprecated, please use --volumes',
    },
  ],
  examples: ['down', 'down -v --rmi local'],
  run: async (invocation) => {
    const { run } = await import('./run/down.ts');
    return run(invocation);
  },
};
