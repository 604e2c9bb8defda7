import type { CommandDefinition } from './definition.ts';

/** `tcompose cp` */
export const command: CommandDefinition = {
  name: 'cp',
  usage: 'cp [OPTIONS] SERVICE:SRC_PATH DEST_PATH|-',
  otherUsage: 'cp [OPTIONS] SRC_PATH|- SERVICE:DEST_PATH',
  summary: 'Copy files and folders between a service and this machine',
  args: { min: 2, max: 2, wording: 'docker' },
  usesEngine: true,
  flags: [
    { name: 'all', type: 'bool', summary: 'Include containers of run' },
    {
      name: 'archive',
      short: 'a',
      type: 'bool',
      summary: "Give copies to the container's user and group",
    },
    {
      name: 'follow-link',
      short: 'L',
      type: 'bool',
      summary: 'When the source is a link, copy what it leads to',
    },
    {
      name: 'index',
      type: 'int',
      default: '0',
      summary: 'Replica; default: the first, or all when copying to a service',
    },
  ],
  examples: [
    'cp web:/etc/nginx/nginx.conf .',
    'cp ./site/. web:/usr/share/nginx/html',
    'cp web:/var/log - | tar -t',
  ],
  run: async (invocation) => {
    const { run } = await import('./run/cp.ts');
    return run(invocation);
  },
};
