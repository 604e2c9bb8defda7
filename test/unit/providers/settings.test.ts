import { describe, expect, it } from 'vitest';
import { flagValues, withSecrets } from '../../../src/providers/flag-values.ts';
import { amazonec2 } from '../../../src/providers/amazonec2/amazonec2.ts';
import { digitalocean } from '../../../src/providers/digitalocean/digitalocean.ts';
import { generic } from '../../../src/providers/generic/generic.ts';
import { none } from '../../../src/providers/none/none.ts';
import type { Provider, ProviderFlagValues } from '../../../src/providers/provider.ts';
import { findProvider, PROVIDERS } from '../../../src/providers/registry.ts';

function from(
  provider: Provider,
  given: ProviderFlagValues = {},
  env: Readonly<Record<string, string>> = {},
) {
  return provider.settings(flagValues(provider.flags, given, env));
}

/** What a flag adds to, or changes in, the settings without it. */
type Row = readonly [
  flag: string,
  value: string | number | boolean | readonly string[],
  added: object,
];

/** The same flag by its environment variables. */
type Variable = readonly [variable: string, value: string, added: object];

const amazonec2Rows: readonly Row[] = [
  ['ami', 'ami-1', { ami: 'ami-1' }],
  ['ami', 'debian-13', { ami: 'debian-13', sshUser: 'admin' }],
  ['block-duration-minutes', 60, { spotMinutes: 60 }],
  ['device-name', '/dev/xvda', { deviceName: '/dev/xvda' }],
  ['encrypt-ebs-volume', false, { unencrypted: true }],
  ['endpoint', 'ec2.example.com', { endpoint: 'https://ec2.example.com' }],
  ['endpoint', 'http://127.0.0.1:5000', { endpoint: 'http://127.0.0.1:5000' }],
  ['http-endpoint', 'disabled', { httpEndpoint: 'disabled' }],
  ['http-tokens', 'optional', { httpTokens: 'optional' }],
  ['iam-instance-profile', 'web', { iamProfile: 'web' }],
  ['insecure-transport', true, { endpoint: 'http://ec2.us-east-1.amazonaws.com' }],
  ['instance-type', 't4g.nano', { instanceType: 't4g.nano' }],
  ['ipv6-address-count', 1, { ipv6Count: 1 }],
  ['ipv6-address-only', true, { ipv6Only: true }],
  ['kms-key', 'alias/mine', { kmsKey: 'alias/mine' }],
  ['monitoring', true, { monitoring: true }],
  ['open-port', ['80', '443/tcp'], { openPorts: ['80', '443/tcp'] }],
  ['private-address-only', true, { privateOnly: true }],
  ['profile', 'work', { profile: 'work' }],
  ['region', 'eu-west-1', { region: 'eu-west-1' }],
  ['request-spot-instance', true, { spot: true }],
  ['retries', 9, { retries: 9 }],
  ['retries', -1, { retries: 0 }],
  ['root-size', 80, { rootSize: 80 }],
  ['security-group', ['a', 'b'], { groups: ['a', 'b'] }],
  ['security-group-readonly', true, { groupsReadonly: true }],
  ['spot-price', '0.07', { spotPrice: '0.07' }],
  ['ssh-cidr', ['10.0.0.0/8', '192.0.2.1'], { sshCidr: ['10.0.0.0/8', '192.0.2.1/32'] }],
  ['ssh-keypath', '/k', { keyPath: '/k' }],
  ['ssh-port', 2222, { sshPort: 2222 }],
  ['ssh-user', 'me', { sshUser: 'me' }],
  ['subnet-id', 'subnet-1', { subnet: 'subnet-1' }],
  ['tags', 'a,1,b,2', { tags: { a: '1', b: '2' } }],
  ['use-ebs-optimized-instance', true, { ebsOptimized: true }],
  ['use-private-address', true, { usePrivate: true }],
  ['userdata', 'u.yaml', { userData: 'u.yaml' }],
  ['volume-type', 'io2', { volumeType: 'io2' }],
  ['vpc-id', 'vpc-1', { vpc: 'vpc-1' }],
  ['zone', 'c', { zone: 'us-east-1c' }],
  ['zone', 'us-east-1c', { zone: 'us-east-1c' }],
];

const amazonec2Variables: readonly Variable[] = [
  ['AWS_AMI', 'ami-1', { ami: 'ami-1' }],
  ['AWS_DEVICE_NAME', '/dev/xvda', { deviceName: '/dev/xvda' }],
  ['AWS_ENDPOINT', 'https://e', { endpoint: 'https://e' }],
  ['AWS_INSECURE_TRANSPORT', 'true', { endpoint: 'http://ec2.us-east-1.amazonaws.com' }],
  ['AWS_INSTANCE_PROFILE', 'web', { iamProfile: 'web' }],
  ['AWS_INSTANCE_TYPE', 't4g.nano', { instanceType: 't4g.nano' }],
  ['AWS_DEFAULT_REGION', 'eu-west-1', { region: 'eu-west-1' }],
  ['AWS_REGION', 'eu-west-2', { region: 'eu-west-2' }],
  ['AWS_ROOT_SIZE', '30', { rootSize: 30 }],
  ['AWS_SECURITY_GROUP', 'a,b', { groups: ['a', 'b'] }],
  ['AWS_SECURITY_GROUP_READONLY', '1', { groupsReadonly: true }],
  ['AWS_SSH_KEYPATH', '/k', { keyPath: '/k' }],
  ['AWS_SSH_PORT', '2200', { sshPort: 2200 }],
  ['AWS_SSH_USER', 'me', { sshUser: 'me' }],
  ['AWS_SUBNET_ID', 'subnet-1', { subnet: 'subnet-1' }],
  ['AWS_TAGS', 'a,1', { tags: { a: '1' } }],
  ['AWS_USERDATA', 'u.yaml', { userData: 'u.yaml' }],
  ['AWS_VOLUME_TYPE', 'gp2', { volumeType: 'gp2' }],
  ['AWS_VPC_ID', 'vpc-1', { vpc: 'vpc-1' }],
  ['AWS_ZONE', 'b', { zone: 'us-east-1b' }],
];

const amazonec2Defaults = {
  region: 'us-east-1',
  retries: 5,
  instanceType: 't3.small',
  sshUser: 'ubuntu',
  sshPort: 22,
  rootSize: 16,
  volumeType: 'gp3',
  httpTokens: 'required',
  ipv6Count: 0,
};

const digitaloceanRows: readonly Row[] = [
  ['backups', true, { backups: true }],
  ['firewall', 'none', { firewall: 'none' }],
  ['image', 'ubuntu-24-04-x64', { image: 'ubuntu-24-04-x64' }],
  ['ipv6', true, { ipv6: true }],
  ['monitoring', true, { monitoring: true }],
  ['open-port', ['80'], { openPorts: ['80'] }],
  // Every droplet has it today.
  ['private-networking', true, {}],
  ['project', 'P', { project: 'P' }],
  ['region', 'ams3', { region: 'ams3' }],
  ['size', 's-2vcpu-4gb', { size: 's-2vcpu-4gb' }],
  ['ssh-cidr', ['192.0.2.1'], { sshCidr: ['192.0.2.1/32'] }],
  ['ssh-key-fingerprint', '00:11', { keyFingerprint: '00:11' }],
  ['ssh-key-path', '/k', { keyPath: '/k' }],
  ['ssh-port', 2222, { sshPort: 2222 }],
  ['ssh-user', 'me', { sshUser: 'me' }],
  ['tags', ['a,b', 'c:d'], { tags: ['a', 'b', 'c:d'] }],
  ['userdata', 'u.yaml', { userData: 'u.yaml' }],
  ['vpc', 'V', { vpc: 'V' }],
];

const digitaloceanVariables: readonly Variable[] = [
  ['DIGITALOCEAN_BACKUPS', 'true', { backups: true }],
  ['DIGITALOCEAN_IMAGE', 'i', { image: 'i' }],
  ['DIGITALOCEAN_IPV6', '1', { ipv6: true }],
  ['DIGITALOCEAN_MONITORING', 't', { monitoring: true }],
  ['DIGITALOCEAN_PRIVATE_NETWORKING', 'true', {}],
  ['DIGITALOCEAN_REGION', 'ams3', { region: 'ams3' }],
  ['DIGITALOCEAN_SIZE', 's', { size: 's' }],
  ['DIGITALOCEAN_SSH_KEY_FINGERPRINT', '00:11', { keyFingerprint: '00:11' }],
  ['DIGITALOCEAN_SSH_KEY_PATH', '/k', { keyPath: '/k' }],
  ['DIGITALOCEAN_SSH_PORT', '2222', { sshPort: 2222 }],
  ['DIGITALOCEAN_SSH_USER', 'me', { sshUser: 'me' }],
  ['DIGITALOCEAN_TAGS', 'a,b', { tags: ['a', 'b'] }],
  ['DIGITALOCEAN_USERDATA', 'u', { userData: 'u' }],
];

const digitaloceanDefaults = {
  region: 'nyc3',
  size: 's-1vcpu-2gb',
  sshUser: 'root',
  sshPort: 22,
};

const genericDefaults = { address: 'h', sshUser: 'root', sshPort: 22, enginePort: 2376 };

const genericRows: readonly Row[] = [
  ['engine-port', 2377, { enginePort: 2377 }],
  ['ip-address', '192.0.2.1', { address: '192.0.2.1' }],
  ['ssh-key', '/k', { sshKey: '/k' }],
  ['ssh-port', 2222, { sshPort: 2222 }],
  ['ssh-user', 'me', { sshUser: 'me' }],
];

const genericVariables: readonly Variable[] = [
  ['GENERIC_ENGINE_PORT', '2377', { enginePort: 2377 }],
  ['GENERIC_IP_ADDRESS', '192.0.2.1', { address: '192.0.2.1' }],
  ['GENERIC_SSH_KEY', '/k', { sshKey: '/k' }],
  ['GENERIC_SSH_PORT', '2222', { sshPort: 2222 }],
  ['GENERIC_SSH_USER', 'me', { sshUser: 'me' }],
];

describe.each([
  {
    provider: amazonec2,
    defaults: amazonec2Defaults,
    rows: amazonec2Rows,
    variables: amazonec2Variables,
    base: {},
  },
  {
    provider: digitalocean,
    defaults: digitaloceanDefaults,
    rows: digitaloceanRows,
    variables: digitaloceanVariables,
    base: {},
  },
  {
    provider: generic,
    defaults: genericDefaults,
    rows: genericRows,
    variables: genericVariables,
    base: { GENERIC_IP_ADDRESS: 'h' },
  },
])('flags of $provider.name', ({ provider, defaults, rows, variables, base }) => {
  it('have defaults', () => {
    expect(from(provider, {}, base)).toEqual(defaults);
  });

  it.each(rows)('%s %j', (flag, value, added) => {
    const settings = from(provider, { [`${provider.name}-${flag}`]: value }, base);
    expect(settings).toEqual({ ...defaults, ...added });
  });

  it.each(variables)('%s=%s', (variable, value, added) => {
    expect(from(provider, {}, { ...base, [variable]: value })).toEqual({ ...defaults, ...added });
  });

  it('are all in the table above, but for secrets', () => {
    const tried = new Set(rows.map(([flag]) => `${provider.name}-${flag}`));
    // Names a key that only its owner has; see below.
    tried.add('amazonec2-keypair-name');
    const missing = provider.flags.filter(
      ({ name, secret }) => secret !== true && !tried.has(name),
    );
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it('win over variables', () => {
    const [flag, value, added] = rows.find(([name]) => name === 'ssh-user') ?? ['', '', {}];
    const env = { ...base, ...Object.fromEntries(variables.map(([name, text]) => [name, text])) };
    const settings = from(provider, { [`${provider.name}-${flag}`]: value }, env);
    expect(settings).toMatchObject(added);
  });

  it('begin with the name of the driver and say what they are', () => {
    for (const { name, summary } of provider.flags) {
      expect(name).toMatch(new RegExp(`^${provider.name}-[a-z0-9-]+$`));
      expect(summary).toMatch(/^[A-Z].*[^.]$/);
    }
  });
});

describe('settings of docker-machine’s drivers', () => {
  /** From its help, `reference: docker-machine create --driver X --help`. */
  const OLD = {
    amazonec2:
      'access-key ami block-duration-minutes device-name endpoint iam-instance-profile insecure-transport instance-type keypair-name monitoring open-port private-address-only region request-spot-instance retries root-size secret-key security-group security-group-readonly session-token spot-price ssh-keypath ssh-port ssh-user subnet-id tags use-ebs-optimized-instance use-private-address userdata volume-type vpc-id zone',
    digitalocean:
      'access-token backups image ipv6 monitoring private-networking region size ssh-key-fingerprint ssh-key-path ssh-port ssh-user tags userdata',
    generic: 'engine-port ip-address ssh-key ssh-port ssh-user',
  };

  it.each(Object.entries(OLD))('%s has all flags that it had', async (name, flags) => {
    const provider = await findProvider(name);
    const names = new Set(provider.flags.map((flag) => flag.name));
    expect(flags.split(' ').filter((flag) => !names.has(`${name}-${flag}`))).toEqual([]);
  });

  it('never contain credentials', () => {
    const env = {
      AWS_ACCESS_KEY_ID: 'verysecret',
      AWS_SECRET_ACCESS_KEY: 'verysecret',
      AWS_SESSION_TOKEN: 'verysecret',
      DIGITALOCEAN_ACCESS_TOKEN: 'verysecret',
      GENERIC_IP_ADDRESS: 'h',
    };
    for (const provider of PROVIDERS) {
      const given = provider.flags
        .filter(({ secret }) => secret === true)
        .map(({ name }) => [name, 'verysecret']);
      const flags: ProviderFlagValues = { url: 'tcp://h:1', ...Object.fromEntries(given) };
      expect(JSON.stringify(from(provider, flags, env))).not.toContain('verysecret');
    }
  });

  it('secrets that came as flags are in the environment that a provider is connected with', () => {
    const env = withSecrets(
      amazonec2,
      { 'amazonec2-secret-key': 'x', 'amazonec2-ami': 'y' },
      { A: 'b' },
    );
    expect(env).toEqual({ A: 'b', AWS_SECRET_ACCESS_KEY: 'x' });
  });
});

describe('what SSH needs', () => {
  it.each([
    [amazonec2, {}, { user: 'ubuntu', port: 22 }],
    [amazonec2, { 'amazonec2-ami': 'debian-12' }, { user: 'admin', port: 22 }],
    [amazonec2, { 'amazonec2-ssh-keypath': '/k' }, { user: 'ubuntu', port: 22, keyPath: '/k' }],
    [digitalocean, { 'digitalocean-ssh-port': 22_022 }, { user: 'root', port: 22_022 }],
    [
      digitalocean,
      { 'digitalocean-ssh-key-path': '/k' },
      { user: 'root', port: 22, keyPath: '/k' },
    ],
    [
      generic,
      { 'generic-ip-address': 'h', 'generic-ssh-key': '/k' },
      { user: 'root', port: 22, keyPath: '/k' },
    ],
  ])('is in the settings: %#', (provider, given, expected) => {
    expect(provider.ssh(from(provider, given))).toEqual(expected);
  });
});

describe('bad values', () => {
  it.each<readonly [Provider, ProviderFlagValues, Readonly<Record<string, string>>, string]>([
    [generic, {}, {}, 'generic driver requires the --generic-ip-address option'],
    [generic, { 'generic-ip-address': 'root@h' }, {}, 'neither an address nor a host name'],
    [
      generic,
      { 'generic-ip-address': 'h', 'generic-ssh-port': 0 },
      {},
      '0 is not between 1 and 65535',
    ],
    [
      generic,
      {},
      { GENERIC_SSH_PORT: 'ssh' },
      'GENERIC_SSH_PORT (for --generic-ssh-port): "ssh" is no whole number',
    ],
    [none, {}, {}, '--url option is required'],
    [amazonec2, { 'amazonec2-keypair-name': 'k' }, {}, 'requires --amazonec2-ssh-keypath'],
    [amazonec2, { 'amazonec2-tags': 'a,b,c' }, {}, 'is not made of pairs'],
    [amazonec2, { 'amazonec2-zone': 'eu-west-1a' }, {}, 'is no zone of us-east-1'],
    [amazonec2, { 'amazonec2-http-tokens': 'maybe' }, {}, '"maybe" is not required or optional'],
    [amazonec2, { 'amazonec2-spot-price': 'cheap' }, {}, '"cheap" is no price'],
    [amazonec2, { 'amazonec2-open-port': ['http'] }, {}, '"http" is no port'],
    [amazonec2, { 'amazonec2-ssh-cidr': ['home'] }, {}, '"home" is no range of addresses'],
    [amazonec2, {}, { AWS_INSECURE_TRANSPORT: 'yes' }, 'is neither true nor false'],
    [amazonec2, {}, { AWS_ROOT_SIZE: '0' }, '0 is not between 1 and 65536'],
    [digitalocean, { 'digitalocean-tags': ['a b'] }, {}, '"a b" is no tag'],
    [digitalocean, { 'digitalocean-ssh-cidr': ['192.0.2.0/33'] }, {}, 'no range of addresses'],
  ])('are refused with the flag or variable: %#', (provider, given, env, message) => {
    expect(() => from(provider, given, env)).toThrow(message);
  });
});

describe('providers by name', () => {
  it('are found', async () => {
    expect((await findProvider('generic')).title).toBe('a server that is there already');
  });

  it.each([
    ['digitalocaen', 'Did you mean digitalocean?'],
    ['virtualbox', 'There are amazonec2, digitalocean, generic, none.'],
  ])('%s is unknown', async (name, hint) => {
    await expect(findProvider(name)).rejects.toMatchObject({
      kind: 'invalid',
      message: `there is no driver "${name}"`,
      hint,
    });
  });
});
