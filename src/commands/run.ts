import type { CommandDefinition } from './definition.ts';
import { syncBindsFlag } from './sync-binds-flag.ts';

/** `tcompose run` */
export const command: CommandDefinition = {
  name: 'run',
  usage: 'run [OPTIONS] SERVICE [COMMAND] [ARGS...]',
  summary: 'Run a one-off command on a service',
  args: { min: 1 },
  usesEngine: true,
  interspersed: false,
  flags: [
    { name: 'build', type: 'bool', summary: 'Build images before the container is made' },
    { name: 'cap-add', type: 'list', summary: 'Give it a Linux capability' },
    { name: 'cap-drop', type: 'list', summary: 'Take a Linux capability from it' },
    {
      name: 'detach',
      short: 'd',
      type: 'bool',
      summary: 'Leave it running in the background and print its id',
    },
    {
      name: 'entrypoint',
      type: 'string',
      summary: "Another entry point, without the service's command",
    },
    { name: 'env', short: 'e', type: 'list', summary: 'Set a variable: KEY=VALUE or KEY' },
    {
      name: 'env-from-file',
      type: 'list',
      summary: 'Set the variables of a file',
      values: 'files',
    },
    {
      name: 'interactive',
      short: 'i',
      type: 'bool',
      default: 'true',
      summary: 'Give it the standard input of this command',
    },
    { name: 'label', short: 'l', type: 'list', summary: 'Set a label', aliases: ['labels'] },
    { name: 'name', type: 'string', summary: 'Name of the container' },
    { name: 'no-deps', type: 'bool', summary: 'Leave the services that it depends on alone' },
    {
      name: 'no-tty',
      short: 'T',
      type: 'bool',
      summary: 'No terminal for it; the default where this command has none',
      aliases: ['no-TTY'],
    },
    {
      name: 'publish',
      short: 'p',
      type: 'list',
      summary: 'Publish a port; not with --service-ports',
    },
    {
      name: 'pull',
      type: 'string',
      default: 'policy',
      summary: 'When to pull images: always, missing or never',
      values: ['always', 'missing', 'never'],
    },
    { name: 'quiet', short: 'q', type: 'bool', summary: 'No progress' },
    { name: 'quiet-build', type: 'bool', summary: 'No output of builds' },
    { name: 'quiet-pull', type: 'bool', summary: 'No progress of pulls' },
    {
      name: 'remove-orphans',
      type: 'bool',
      summary: 'Remove containers of services that the files no longer define',
    },
    { name: 'rm', type: 'bool', summary: 'Remove the container when it has ended' },
    syncBindsFlag,
    {
      name: 'service-ports',
      short: 'P',
      type: 'bool',
      summary: 'Publish the ports of the service; not with --publish',
    },
    {
      name: 'tty',
      short: 't',
      type: 'bool',
      default: 'true',
      summary: 'A terminal for it; not with --no-tty',
      hidden: true,
    },
    { name: 'use-aliases', type: 'bool', summary: "Answer to the service's names too" },
    { name: 'user', short: 'u', type: 'string', summary: 'User that the command runs as' },
    {
      name: 'volume',
      short: 'v',
      type: 'list',
      summary: 'Mount a volume or a path of this machine',
      aliases: ['volumes'],
    },
    { name: 'workdir', short: 'w', type: 'string', summary: 'Directory the command runs in' },
  ],
  examples: ['run --rm web sh', 'run -T --rm db psql < dump.sql', 'run -d -P web'],
  run: async (invocation) => {
    const { run } = await import('./run/run.ts');
    return run(invocation);
  },
};
