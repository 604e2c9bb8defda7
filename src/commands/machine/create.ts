import type { CommandDefinition } from '../definition.ts';
import { sharedCreateFlags } from './create-flags.ts';

/** `tcompose machine create` */
export const command: CommandDefinition = {
  name: 'create',
  usage: 'machine create [OPTIONS] NAME...',
  summary: 'Create a machine',
  projectless: true,
  singleDash: true,
  flags: sharedCreateFlags,
  moreFlags: async (argv, session) => {
    const { providerFlags } = await import('../run/machine/provider-flags.ts');
    return providerFlags(argv, session);
  },
  examples: [
    'machine create -d generic --generic-ip-address 203.0.113.7 web',
    'machine create -d digitalocean --digitalocean-region fra1 --count 3 node',
    'machine create -d amazonec2 --help',
  ],
  run: async (invocation) => {
    const { run } = await import('../run/machine/create.ts');
    return run(invocation, command);
  },
};
