import type { CommandDefinition } from './definition.ts';

/** `tcompose exec` */
export const command: CommandDefinition = {
  name: 'exec',
  usage: 'exec [OPTIONS] SERVICE COMMAND [ARGS...]',
  summary: 'Run a command in a running container',
  interspersed: false,
  args: { min: 2 },
  flags: [
    { name: 'detach', short: 'd', type: 'bool', summary: 'Run the command in the background' },
    {
      name: 'env',
      short: 'e',
      type: 'list',
      summary: 'Variable for the command (NAME=value, or NAME to take it from the project)',
    },
    {
      name: 'index',
      type: 'int',
      default: '0',
      summary: 'Replica to run it in; 0 is the first that runs',
    },
    {
      name: 'interactive',
      short: 'i',
      type: 'bool',
      default: 'true',
      summary: 'Pass standard input on',
      hidden: true,
    },
    {
      name: 'no-tty',
      short: 'T',
      type: 'bool',
      aliases: ['no-TTY'],
      summary: 'No terminal for the command; so too when standard output is none',
    },
    { name: 'privileged', type: 'bool', summary: 'Give the command extended privileges' },
    {
      name: 'tty',
      short: 't',
      type: 'bool',
      default: 'true',
      summary: 'A terminal for the command',
      hidden: true,
    },
    { name: 'user', short: 'u', type: 'string', summary: 'User to run it as' },
    { name: 'workdir', short: 'w', type: 'string', summary: 'Directory to run it in' },
  ],
  examples: ['exec web sh', 'exec -T db pg_dump app > dump.sql'],
  run: async (invocation) => {
    const { run } = await import('./run/exec.ts');
    return run(invocation);
  },
};
