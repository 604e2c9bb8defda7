import type { CommandDefinition } from './definition.ts';

/** `tcompose install-plugin` */
export const command: CommandDefinition = {
  name: 'install-plugin',
  usage: 'install-plugin [OPTIONS]',
  summary: "Make tcompose what 'docker compose' runs",
  args: { max: 0 },
  projectless: true,
  flags: [
    {
      name: 'as',
      type: 'string',
      default: 'compose',
      summary: "Word after 'docker': compose or tcompose",
      values: ['compose', 'tcompose'],
    },
    {
      name: 'force',
      type: 'bool',
      summary: 'Take the place of another program, which is kept',
    },
    { name: 'system', type: 'bool', summary: 'For all users of this machine' },
    {
      name: 'uninstall',
      type: 'bool',
      summary: 'Remove the plugin, and put back what was there before',
    },
  ],
  examples: ['install-plugin', 'install-plugin --as tcompose', 'install-plugin --uninstall'],
  run: async (invocation) => {
    const { run } = await import('./run/install-plugin.ts');
    return run(invocation);
  },
};
