import type { CommandDefinition } from './definition.ts';

/** `tcompose ps` */
export const command: CommandDefinition = {
  name: 'ps',
  usage: 'ps [OPTIONS] [SERVICE...]',
  summary: 'List containers',
  usesEngine: true,
  flags: [
    { name: 'all', short: 'a', type: 'bool', summary: 'Stopped containers too' },
    {
      name: 'filter',
      type: 'string',
      summary: 'Only containers with this property: status=STATUS',
      values: [
        'status=paused',
        'status=restarting',
        'status=removing',
        'status=running',
        'status=dead',
        'status=created',
        'status=exited',
      ],
    },
    {
      name: 'format',
      type: 'string',
      summary: 'table, json, "table TEMPLATE" or a Go template',
      values: ['table', 'json'],
    },
    { name: 'no-trunc', type: 'bool', summary: 'Do not shorten anything' },
    {
      name: 'orphans',
      type: 'bool',
      default: 'true',
      summary: 'Containers of services that the files no longer define too',
    },
    { name: 'quiet', short: 'q', type: 'bool', summary: 'Only ids' },
    { name: 'services', type: 'bool', summary: 'Only names of services' },
    {
      name: 'status',
      type: 'list',
      summary:
        'Only containers in this state: paused, restarting, removing, running, dead, created or exited',
      values: ['paused', 'restarting', 'removing', 'running', 'dead', 'created', 'exited'],
    },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/ps.ts');
    return run(invocation);
  },
};
