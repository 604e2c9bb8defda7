import type { PowerAction } from '../../machines/lifecycle/power.ts';
import type { CommandDefinition } from '../definition.ts';
import { formatFlag, yesFlag } from './flags.ts';
import { commandsOn } from './machine-command.ts';

const changing = commandsOn('[MACHINE...]');

const power = (name: PowerAction, summary: string): CommandDefinition =>
  changing(name, { summary }, async (invocation) => {
    const { run } = await import('../run/machine/power.ts');
    return run(name, invocation);
  });

const rm: CommandDefinition = changing(
  'rm',
  {
    summary: 'Remove a machine',
    usage: 'machine rm [OPTIONS] MACHINE...',
    flags: [
      {
        name: 'force',
        short: 'f',
        type: 'bool',
        summary:
          'Forget it even if it cannot be removed; what may be left is kept for gc. Implies -y',
      },
      yesFlag,
    ],
  },
  async (invocation) => (await import('../run/machine/remove.ts')).run(invocation, rm),
);

/** Commands that start and stop machines, set them up and remove them. */
export const changingCommands: readonly CommandDefinition[] = [
  power('start', 'Start a machine'),
  power('stop', 'Stop a machine'),
  power('restart', 'Restart a machine'),
  power('kill', 'Kill a machine'),
  rm,
  changing(
    'provision',
    {
      summary: 'Re-provision existing machines',
      flags: [
        {
          name: 'configure',
          type: 'bool',
          summary: 'Also change an engine that was there before tcompose',
        },
        {
          name: 'engine-tls',
          type: 'bool',
          summary:
            "Let the engine listen on the network with certificates; =false closes the port, docker-machine's too",
        },
      ],
    },
    async (invocation) => (await import('../run/machine/provision.ts')).provision(invocation),
  ),
  changing(
    'upgrade',
    {
      summary: 'Upgrade a machine to the latest version of Docker',
      flags: [
        {
          name: 'engine-version',
          type: 'string',
          summary: 'Version to change to, newer or older, as 28.5; latest: no certain one any more',
        },
      ],
    },
    async (invocation) => (await import('../run/machine/provision.ts')).upgrade(invocation),
  ),
  changing(
    'regenerate-certs',
    {
      summary: 'Regenerate TLS Certificates for a machine',
      flags: [
        {
          name: 'force',
          short: 'f',
          type: 'bool',
          summary: 'Do not ask',
        },
        {
          name: 'client-certs',
          type: 'bool',
          summary: 'Also make new client certificates and a new CA of the machine',
        },
      ],
    },
    async (invocation) => (await import('../run/machine/provision.ts')).certificates(invocation),
  ),
  changing(
    'doctor',
    { summary: 'Find out what is wrong with machines', flags: [formatFlag] },
    async (invocation) => (await import('../run/machine/provision.ts')).doctor(invocation),
  ),
];
