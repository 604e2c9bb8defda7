import type { CommandDefinition } from './definition.ts';
import { syncBindsFlag } from './sync-binds-flag.ts';

/** `tcompose plan` */
export const command: CommandDefinition = {
  name: 'plan',
  usage: 'plan [OPTIONS] [SERVICE...]',
  summary: 'Show what up would do, and why, without doing it',
  usesEngine: true,
  flags: [
    {
      name: 'content-changes',
      type: 'string',
      summary:
        'Recreate containers whose configs and secrets (configs), also bound files (files), changed in content; or ignore',
      values: ['configs', 'files', 'ignore'],
    },
    {
      name: 'force-recreate',
      type: 'bool',
      summary: 'Plan to recreate containers even if nothing changed',
    },
    {
      name: 'format',
      type: 'string',
      default: 'table',
      summary: 'table, text or json',
      values: ['table', 'text', 'json'],
    },
    { name: 'no-deps', type: 'bool', summary: 'Leave the services that it depends on alone' },
    { name: 'no-recreate', type: 'bool', summary: 'Plan to leave existing containers as they are' },
    {
      name: 'pull',
      type: 'string',
      default: 'policy',
      summary: 'When to pull images: always, missing or never',
      values: ['always', 'missing', 'never'],
    },
    { name: 'build', type: 'bool', summary: 'Plan to build images' },
    {
      name: 'remove-orphans',
      type: 'bool',
      summary: 'Remove containers of services that the files no longer define',
    },
    syncBindsFlag,
    {
      name: 'scale',
      type: 'list',
      summary: 'Run this many containers of a service: SERVICE=NUM; several allowed',
      values: 'replicas',
    },
    { name: 'down', type: 'bool', summary: 'Show what down would do instead' },
  ],
  examples: ['plan', 'plan --format json'],
  run: async (invocation) => {
    const { run } = await import('./run/plan.ts');
    return run(invocation);
  },
};
