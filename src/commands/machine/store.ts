import type { CommandDefinition, FlagDefinition } from '../definition.ts';
import { formatFlag, yesFlag } from './flags.ts';

/** The account that is looked at, besides those that the store knows. */
const accountFlag: FlagDefinition = {
  name: 'driver',
  short: 'd',
  type: 'string',
  aliases: ['provider'],
  summary: 'Look in the account of this provider',
  values: 'providers',
};

const accountFlags: CommandDefinition['moreFlags'] = async (argv, session) => {
  const { providerFlags } = await import('../run/machine/provider-flags.ts');
  return providerFlags(argv, { ...session, env: { ...session.env, MACHINE_DRIVER: undefined } });
};

/** Commands about many machines at once, and about the store. */
export const storeCommands: readonly CommandDefinition[] = [
  {
    name: 'apply',
    usage: 'machine apply [OPTIONS] MACHINES_FILE',
    summary: 'Make the machines of a file exist: shows what would be done, asks, does it',
    projectless: true,
    singleDash: true,
    flags: [
      yesFlag,
      {
        name: 'prune',
        type: 'bool',
        summary: 'Remove machines of the file that it does not name any more',
      },
      {
        name: 'replace',
        type: 'bool',
        summary: 'Remove and make anew what cannot be changed otherwise, with everything on it',
      },
      { name: 'parallel', type: 'int', default: '5', summary: 'How many are worked on at once' },
      formatFlag,
    ],
    examples: ['machine apply machines.yaml', 'machine apply --dry-run machines.yaml'],
    run: async (invocation) => (await import('../run/machine/store.ts')).apply(invocation),
  },
  {
    name: 'gc',
    usage: 'machine gc [OPTIONS]',
    summary: 'Find and remove what interrupted commands left at providers',
    projectless: true,
    singleDash: true,
    flags: [
      accountFlag,
      yesFlag,
      { name: 'force', short: 'f', type: 'bool', summary: 'The same as --yes' },
      formatFlag,
    ],
    moreFlags: accountFlags,
    run: async (invocation) => (await import('../run/machine/store.ts')).gc(invocation),
  },
  {
    name: 'import',
    usage: 'machine import [OPTIONS] [PATH...]',
    summary:
      "Take over machines: from an export, from docker-machine's store, or from an account's tags (-d)",
    projectless: true,
    singleDash: true,
    flags: [accountFlag],
    moreFlags: accountFlags,
    examples: ['machine import ~/.docker/machine', 'machine import -d digitalocean'],
    run: async (invocation) => (await import('../run/machine/store.ts')).importMachines(invocation),
  },
  {
    name: 'export',
    usage: 'machine export [OPTIONS] [MACHINE...]',
    summary: 'Write machines without secrets, for somebody who imports them',
    projectless: true,
    singleDash: true,
    flags: [
      {
        name: 'output',
        short: 'o',
        type: 'string',
        summary: 'File to write; default: standard output',
        values: 'files',
      },
    ],
    run: async (invocation) => (await import('../run/machine/store.ts')).exportMachines(invocation),
  },
  {
    name: 'authorize',
    usage: 'machine authorize [OPTIONS] MACHINE...',
    summary: 'Let a colleague in by their public key, or this computer by its address',
    projectless: true,
    singleDash: true,
    flags: [
      {
        name: 'key',
        type: 'list',
        summary: 'Public key, or a file with public keys',
        values: 'files',
      },
      { name: 'remove', type: 'bool', summary: 'Take the keys away again' },
      {
        name: 'address',
        type: 'bool',
        summary: 'Let this computer in through the firewall, from the address that it has now',
      },
    ],
    examples: ['machine authorize --key colleague.pub web', 'machine authorize --address web'],
    run: async (invocation) => (await import('../run/machine/store.ts')).authorize(invocation),
  },
];
