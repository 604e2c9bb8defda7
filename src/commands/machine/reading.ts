import { SHELLS } from '../../output/machine/shell-variables.ts';
import type { CommandDefinition, FlagDefinition } from '../definition.ts';
import { swarmFlag, timeoutFlag } from './flags.ts';
import { commandsOn } from './machine-command.ts';

const envFlags: readonly FlagDefinition[] = [
  swarmFlag,
  {
    name: 'shell',
    type: 'string',
    summary: `Shell to print for: ${SHELLS.join(', ')}; default: the one that $SHELL names`,
    values: SHELLS,
  },
  { name: 'unset', short: 'u', type: 'bool', summary: 'Unset variables instead of setting them' },
  {
    name: 'no-proxy',
    type: 'bool',
    summary: 'Add the address of the machine to NO_PROXY',
  },
];

const reading = commandsOn('[MACHINE]');

/** Commands that tell of machines and change nothing. */
export const readingCommands: readonly CommandDefinition[] = [
  reading(
    'active',
    {
      summary: 'Print which machine is active',
      usage: 'machine active [OPTIONS]',
      flags: [timeoutFlag],
    },
    async (invocation) => (await import('../run/machine/reading.ts')).active(invocation),
  ),
  reading(
    'config',
    { summary: 'Print the connection config for machine', flags: [swarmFlag] },
    async (invocation) => (await import('../run/machine/reading.ts')).config(invocation),
  ),
  reading(
    'env',
    {
      summary: 'Display the commands to set up the environment for the Docker client',
      flags: envFlags,
    },
    async (invocation) => (await import('../run/machine/reading.ts')).env(invocation),
  ),
  reading(
    'inspect',
    {
      summary: 'Inspect information about a machine',
      flags: [
        {
          name: 'format',
          short: 'f',
          type: 'string',
          summary: 'Go template, or json',
          values: ['json'],
        },
      ],
    },
    async (invocation) => (await import('../run/machine/reading.ts')).inspect(invocation),
  ),
  reading(
    'ip',
    { summary: 'Get the IP address of a machine', usage: 'machine ip [OPTIONS] [MACHINE...]' },
    async (invocation) => (await import('../run/machine/reading.ts')).ip(invocation),
  ),
  reading(
    'ls',
    {
      summary: 'List machines',
      usage: 'machine ls [OPTIONS]',
      flags: [
        { name: 'quiet', short: 'q', type: 'bool', summary: 'Only names' },
        {
          name: 'filter',
          type: 'list',
          summary: 'Only machines with this property: driver, label, name, state, swarm',
          values: ['driver=', 'label=', 'name=', 'state=', 'swarm='],
        },
        timeoutFlag,
        {
          name: 'format',
          short: 'f',
          type: 'string',
          summary: 'Go template, table TEMPLATE, or json',
          values: ['table', 'json'],
        },
      ],
    },
    async (invocation) => (await import('../run/machine/reading.ts')).ls(invocation),
  ),
  reading('status', { summary: 'Get the status of a machine' }, async (invocation) =>
    (await import('../run/machine/reading.ts')).status(invocation),
  ),
  reading('url', { summary: 'Get the URL of a machine' }, async (invocation) =>
    (await import('../run/machine/reading.ts')).url(invocation),
  ),
  reading(
    'use',
    {
      summary: 'Print what a shell evaluates to make a machine the active one',
      flags: envFlags,
    },
    async (invocation) => (await import('../run/machine/reading.ts')).use(invocation),
  ),
  reading(
    'version',
    { summary: "Show the version of tcompose or of a machine's engine" },
    async (invocation) => (await import('../run/machine/reading.ts')).version(invocation),
  ),
];
