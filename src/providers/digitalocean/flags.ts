import type { ProviderFlag } from '../provider.ts';

/** Those of docker-machine's driver, with its variables, and what DigitalOcean has got since. */
export const digitaloceanFlags: readonly ProviderFlag[] = [
  {
    name: 'digitalocean-access-token',
    type: 'string',
    env: ['DIGITALOCEAN_ACCESS_TOKEN', 'DIGITALOCEAN_TOKEN'],
    secret: true,
    summary: 'DigitalOcean access token',
  },
  {
    name: 'digitalocean-backups',
    type: 'bool',
    env: ['DIGITALOCEAN_BACKUPS'],
    summary: 'Enable backups for the droplet',
  },
  {
    name: 'digitalocean-firewall',
    type: 'string',
    env: ['DIGITALOCEAN_FIREWALL'],
    summary:
      'Existing firewall (name or id) to put the droplet behind instead of an own one; "none" for none',
  },
  {
    name: 'digitalocean-image',
    type: 'string',
    env: ['DIGITALOCEAN_IMAGE'],
    values: 'images',
    summary: 'Image: slug or number (default: the newest Debian)',
  },
  {
    name: 'digitalocean-ipv6',
    type: 'bool',
    env: ['DIGITALOCEAN_IPV6'],
    summary: 'Enable IPv6 for the droplet',
  },
  {
    name: 'digitalocean-monitoring',
    type: 'bool',
    env: ['DIGITALOCEAN_MONITORING'],
    summary: 'Enable monitoring for the droplet',
  },
  {
    name: 'digitalocean-open-port',
    type: 'list',
    summary: 'Open this port to the internet: 443, 53/udp, 8000-8100',
  },
  {
    name: 'digitalocean-private-networking',
    type: 'bool',
    env: ['DIGITALOCEAN_PRIVATE_NETWORKING'],
    summary: 'Enable private networking (every droplet has it today)',
  },
  {
    name: 'digitalocean-project',
    type: 'string',
    env: ['DIGITALOCEAN_PROJECT'],
    summary: 'Project (name or id) that the droplet is to be in',
  },
  {
    name: 'digitalocean-region',
    type: 'string',
    default: 'nyc3',
    env: ['DIGITALOCEAN_REGION'],
    values: 'regions',
    summary: 'Region',
  },
  {
    name: 'digitalocean-size',
    type: 'string',
    default: 's-1vcpu-2gb',
    env: ['DIGITALOCEAN_SIZE'],
    values: 'sizes',
    summary: 'Size of the droplet',
  },
  {
    name: 'digitalocean-ssh-cidr',
    type: 'list',
    env: ['DIGITALOCEAN_SSH_CIDR'],
    summary: 'Addresses from which SSH is let in (default: the one of this computer)',
  },
  {
    name: 'digitalocean-ssh-key-fingerprint',
    type: 'string',
    env: ['DIGITALOCEAN_SSH_KEY_FINGERPRINT'],
    summary: 'Fingerprint of an SSH key of the account to let in',
  },
  {
    name: 'digitalocean-ssh-key-path',
    type: 'string',
    env: ['DIGITALOCEAN_SSH_KEY_PATH'],
    summary: 'SSH private key path (default: one is made for the machine)',
  },
  {
    name: 'digitalocean-ssh-port',
    type: 'int',
    default: '22',
    env: ['DIGITALOCEAN_SSH_PORT'],
    summary: 'SSH port',
  },
  {
    name: 'digitalocean-ssh-user',
    type: 'string',
    default: 'root',
    env: ['DIGITALOCEAN_SSH_USER'],
    summary: 'SSH user',
  },
  {
    name: 'digitalocean-tags',
    type: 'list',
    env: ['DIGITALOCEAN_TAGS'],
    summary: 'Comma-separated list of tags to apply to the droplet',
  },
  {
    name: 'digitalocean-userdata',
    type: 'string',
    env: ['DIGITALOCEAN_USERDATA'],
    summary: 'Path to a file with cloud-init user data',
  },
  {
    name: 'digitalocean-vpc',
    type: 'string',
    env: ['DIGITALOCEAN_VPC'],
    summary: 'VPC (name or id) that the droplet is to be in (default: the one of the region)',
  },
];
