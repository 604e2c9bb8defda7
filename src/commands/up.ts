import type { CommandDefinition } from './definition.ts';
import { syncBindsFlag } from './sync-binds-flag.ts';

/** `tcompose up` */
export const command: CommandDefinition = {
  name: 'up',
  usage: 'up [OPTIONS] [SERVICE...]',
  summary: 'Create and start containers',
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
      name: 'abort-on-container-exit',
      type: 'bool',
      summary: 'Stop everything as soon as one container stops; not with -d',
    },
    {
      name: 'abort-on-container-failure',
      type: 'bool',
      summary: 'Stop everything as soon as one container fails; not with -d',
    },
    {
      name: 'always-recreate-deps',
      type: 'bool',
      summary: 'Recreate the services it depends on too; not with --no-recreate',
    },
    {
      name: 'attach',
      type: 'list',
      summary: 'Show output of these services only; not with --attach-dependencies',
      values: 'services',
    },
    {
      name: 'attach-dependencies',
      type: 'bool',
      summary: 'Show output of the services it depends on too',
    },
    { name: 'build', type: 'bool', summary: 'Build images before starting containers' },
    {
      name: 'detach',
      short: 'd',
      type: 'bool',
      summary: 'Leave containers running in the background',
    },
    {
      name: 'exit-code-from',
      type: 'string',
      summary: "Exit with this service's exit code; implies --abort-on-container-exit",
      values: 'services',
    },
    {
      name: 'force-recreate',
      type: 'bool',
      summary: 'Recreate containers even if nothing changed',
    },
    {
      name: 'menu',
      type: 'bool',
      summary: 'Keys for watching and detaching below the output; also COMPOSE_MENU; not with -d',
    },
    {
      name: 'no-attach',
      type: 'list',
      summary: 'Do not show output of these services',
      values: 'services',
    },
    {
      name: 'no-build',
      type: 'bool',
      summary: 'Never build an image, even where the policy says so',
    },
    { name: 'no-color', type: 'bool', summary: 'No colours in output of services' },
    { name: 'no-deps', type: 'bool', summary: 'Leave the services that it depends on alone' },
    { name: 'no-log-prefix', type: 'bool', summary: 'No container names before lines of output' },
    {
      name: 'no-recreate',
      type: 'bool',
      summary: 'Leave existing containers as they are; not with --force-recreate',
    },
    { name: 'no-start', type: 'bool', summary: 'Create everything but start nothing' },
    {
      name: 'pull',
      type: 'string',
      default: 'policy',
      summary: 'When to pull images: always, missing or never',
      values: ['always', 'missing', 'never'],
    },
    { name: 'quiet-build', type: 'bool', summary: 'No output of builds' },
    { name: 'quiet-pull', type: 'bool', summary: 'No progress of pulls' },
    {
      name: 'remove-orphans',
      type: 'bool',
      summary: 'Remove containers of services that the files no longer define',
    },
    {
      name: 'renew-anon-volumes',
      short: 'V',
      type: 'bool',
      summary: 'New anonymous volumes instead of those of the previous containers',
    },
    {
      name: 'scale',
      type: 'list',
      summary: 'Run this many containers of a service: SERVICE=NUM; several allowed',
      values: 'replicas',
    },
    {
      name: 'timeout',
      short: 't',
      type: 'int',
      default: '0',
      summary: 'Seconds to wait for a container to stop before it is killed',
    },
    syncBindsFlag,
    { name: 'timestamps', type: 'bool', summary: 'Time before every line of output' },
    {
      name: 'wait',
      type: 'bool',
      summary: 'Wait until services are running or healthy; implies -d',
    },
    {
      name: 'wait-timeout',
      type: 'int',
      default: '0',
      summary: 'Give up waiting after this many seconds',
    },
    {
      name: 'watch',
      short: 'w',
      type: 'bool',
      summary: 'Bring changes of files to services as they are made; not with -d',
    },
    {
      name: 'yes',
      short: 'y',
      type: 'bool',
      summary: 'Answer yes to every question',
      aliases: ['y'],
      aliasWarning: '--y is deprecated, please use --yes instead',
    },
  ],
  examples: ['up -d', 'up --build web', 'up -d --wait --wait-timeout 60'],
  run: async (invocation) => {
    const { run } = await import('./run/up.ts');
    return run(invocation);
  },
};
