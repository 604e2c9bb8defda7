import { compact, FlagReader } from '../flag-values.ts';
import type { Instance, Provider, ProviderFlag, ProviderSettings } from '../provider.ts';
import { ProviderError } from '../provider-error.ts';
import { requireFile } from '../user-files.ts';
import { emptyAccount } from '../empty-account.ts';

interface GenericSettings {
  readonly address: string;
  readonly sshUser: string;
  readonly sshPort: number;
  readonly sshKey?: string;
  readonly enginePort: number;
}

const flags: readonly ProviderFlag[] = [
  {
    name: 'generic-engine-port',
    type: 'int',
    default: '2376',
    env: ['GENERIC_ENGINE_PORT'],
    summary: 'Docker engine port',
  },
  {
    name: 'generic-ip-address',
    type: 'string',
    env: ['GENERIC_IP_ADDRESS'],
    summary: 'IP address or host name of the machine',
  },
  {
    name: 'generic-ssh-key',
    type: 'string',
    env: ['GENERIC_SSH_KEY'],
    summary: 'SSH private key path (if not provided, agent and ssh_config are used)',
  },
  {
    name: 'generic-ssh-port',
    type: 'int',
    default: '22',
    env: ['GENERIC_SSH_PORT'],
    summary: 'SSH port',
  },
  {
    name: 'generic-ssh-user',
    type: 'string',
    default: 'root',
    env: ['GENERIC_SSH_USER'],
    summary: 'SSH user',
  },
];

/** Any server that is there already and has SSH; nothing of it is made or removed. */
export const generic: Provider = {
  name: 'generic',
  title: 'a server that is there already',
  flags,
  power: 'restart',
  makesInstances: false,
  settings: (values) => {
    const read = new FlagReader('generic', values);
    const address = read.text('ip-address');
    if (address === undefined) {
      throw new ProviderError(
        'invalid',
        'generic driver requires the --generic-ip-address option',
        {
          hint: 'Give --generic-ip-address ADDRESS, or set GENERIC_IP_ADDRESS.',
        },
      );
    }
    if (/[\s@/]/.test(address)) {
      throw new ProviderError(
        'invalid',
        `--generic-ip-address: ${JSON.stringify(address)} is neither an address nor a host name`,
        {
          hint: 'Users and ports have flags of their own: --generic-ssh-user, --generic-ssh-port.',
        },
      );
    }
    return compact({
      address,
      sshUser: read.text('ssh-user') ?? 'root',
      sshPort: read.port('ssh-port'),
      sshKey: read.text('ssh-key'),
      enginePort: read.int('engine-port', { min: 1, max: 65_535 }) ?? 2376,
    });
  },
  ssh: (settings) => {
    const { sshUser, sshPort, sshKey } = genericSettings(settings);
    return { user: sshUser, port: sshPort, ...(sshKey === undefined ? {} : { keyPath: sshKey }) };
  },
  connect: (settings, context) => {
    const { address, sshKey } = genericSettings(settings);
    const instance = (name: string): Instance => ({
      id: address,
      name,
      state: 'Running',
      address,
      tags: {},
    });
    return Promise.resolve(
      emptyAccount('generic driver', {
        check: () => requireFile('--generic-ssh-key', sshKey, context),
        create: ({ name }) => Promise.resolve(instance(name)),
        describe: () => Promise.resolve(instance('')),
      }),
    );
  },
};

function genericSettings(settings: ProviderSettings): GenericSettings {
  return settings as unknown as GenericSettings;
}
