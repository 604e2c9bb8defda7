import type { CommandDefinition } from './definition.ts';
import { syncBindsFlag } from './sync-binds-flag.ts';

/** `tcompose create` */
export const command: CommandDefinition = {
  name: 'create',
  usage: 'create [OPTIONS] [SERVICE...]',
  summary: 'Create containers without starting them',
  usesEngine: true,
  flags: [
    { name: 'build', type: 'bool', summary: 'Build images before creating containers' },
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
      summary: 'Recreate containers even if nothing changed',
    },
    {
      name: 'no-build',
      type: 'bool',
      summary: 'Never build an image, even where the policy says so',
    },
    {
      name: 'no-recreate',
      type: 'bool',
      summary: 'Leave existing containers as they are; not with --force-recreate',
    },
    {
      name: 'pull',
      type: 'string',
      default: 'policy',
      summary: 'When to pull images: always, missing, never or build',
      values: ['always', 'missing', 'never', 'build'],
    },
    { name: 'quiet-pull', type: 'bool', summary: 'No progress of pulls' },
    {
      name: 'remove-orphans',
      type: 'bool',
      summary: 'Remove containers of services that the files no longer define',
    },
    {
      name: 'scale',
      type: 'list',
      summary: 'Run this many containers of a service: SERVICE=NUM; several allowed',
      values: 'replicas',
    },
    syncBindsFlag,
    {
      name: 'yes',
      short: 'y',
      type: 'bool',
      summary: 'Answer yes to every question',
      aliases: ['y'],
      aliasWarning: '--y is deprecated, please use --yes instead',
    },
  ],
  run: async (invocation) => {
    const { run } = await import('./run/create.ts');
    return run(invocation);
  },
};
