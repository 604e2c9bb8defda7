import type { ProviderFlag } from '../provider.ts';

/** Flag with the provider's name in front. */
function flag(
  name: string,
  type: ProviderFlag['type'],
  summary: string,
  rest: Omit<Partial<ProviderFlag>, 'name' | 'type' | 'summary'> = {},
): ProviderFlag {
  return { name: `amazonec2-${name}`, type, summary, ...rest };
}

/** Those of docker-machine's driver and its successor with their variables, and what is missing there. */
export const amazonec2Flags: readonly ProviderFlag[] = [
  flag('access-key', 'string', 'AWS access key', { env: ['AWS_ACCESS_KEY_ID'], secret: true }),
  flag(
    'ami',
    'string',
    'Machine image: its id, or debian-12, debian-13, ubuntu-24.04 … (default: the newest Ubuntu LTS)',
    { env: ['AWS_AMI'], values: 'images' },
  ),
  flag('block-duration-minutes', 'int', 'Spot instance duration in minutes', {
    default: '0',
    hidden: true,
  }),
  flag('device-name', 'string', 'Root device name (default: the one of the image)', {
    env: ['AWS_DEVICE_NAME'],
  }),
  flag('encrypt-ebs-volume', 'bool', 'Encrypt the root volume', { default: 'true' }),
  flag('endpoint', 'string', 'Endpoint URL of EC2 (host name or fully qualified)', {
    env: ['AWS_ENDPOINT'],
  }),
  flag('http-endpoint', 'string', 'Metadata service of the instance: enabled or disabled', {
    values: ['enabled', 'disabled'],
  }),
  flag('http-tokens', 'string', 'Tokens of the metadata service: required (IMDSv2) or optional', {
    default: 'required',
    values: ['required', 'optional'],
  }),
  flag('iam-instance-profile', 'string', 'IAM instance profile, by name or ARN', {
    env: ['AWS_INSTANCE_PROFILE'],
  }),
  flag('insecure-transport', 'bool', 'Send requests without TLS', {
    env: ['AWS_INSECURE_TRANSPORT'],
  }),
  flag('instance-type', 'string', 'Instance type', {
    default: 't3.small',
    env: ['AWS_INSTANCE_TYPE'],
    values: 'sizes',
  }),
  flag('ipv6-address-count', 'int', 'Number of IPv6 addresses of the instance', { default: '0' }),
  flag('ipv6-address-only', 'bool', 'Reach the instance by its IPv6 address'),
  flag('keypair-name', 'string', 'Existing key pair to use; requires --amazonec2-ssh-keypath', {
    env: ['AWS_KEYPAIR_NAME'],
  }),
  flag('kms-key', 'string', 'KMS key to encrypt the root volume with'),
  flag('monitoring', 'bool', 'Enable CloudWatch monitoring'),
  flag('open-port', 'list', 'Open this port to the internet: 443, 53/udp, 8000-8100'),
  flag('private-address-only', 'bool', 'Only use a private IP address'),
  flag('profile', 'string', 'Profile of ~/.aws/config whose credentials are used (also SSO)'),
  flag('region', 'string', 'AWS region', {
    default: 'us-east-1',
    env: ['AWS_DEFAULT_REGION', 'AWS_REGION'],
    values: 'regions',
  }),
  flag('request-spot-instance', 'bool', 'Request a spot instance'),
  flag('retries', 'int', 'Retry count for recoverable failures (-1: none)', { default: '5' }),
  flag('root-size', 'int', 'Size of the root volume in GB', {
    default: '16',
    env: ['AWS_ROOT_SIZE'],
  }),
  flag('secret-key', 'string', 'AWS secret key', {
    env: ['AWS_SECRET_ACCESS_KEY'],
    secret: true,
  }),
  flag(
    'security-group',
    'list',
    'Security groups to use instead of an own one (existing ones stay as they are)',
    { env: ['AWS_SECURITY_GROUP'] },
  ),
  flag('security-group-readonly', 'bool', 'Make no security group and add no rules to any', {
    env: ['AWS_SECURITY_GROUP_READONLY'],
  }),
  flag('session-token', 'string', 'AWS session token', {
    env: ['AWS_SESSION_TOKEN'],
    secret: true,
  }),
  flag('spot-price', 'string', 'Most to pay for a spot instance in dollars an hour', {}),
  flag(
    'ssh-cidr',
    'list',
    'Addresses from which SSH is let in (default: the one of this computer)',
    { env: ['AWS_SSH_CIDR'] },
  ),
  flag('ssh-keypath', 'string', 'SSH private key path (default: one is made for the machine)', {
    env: ['AWS_SSH_KEYPATH'],
  }),
  flag('ssh-port', 'int', 'SSH port', { default: '22', env: ['AWS_SSH_PORT'] }),
  flag('ssh-user', 'string', 'SSH user (default: ubuntu, or admin for --amazonec2-ami debian-…)', {
    env: ['AWS_SSH_USER'],
  }),
  flag('subnet-id', 'string', 'Subnet of the VPC (default: one of the default VPC)', {
    env: ['AWS_SUBNET_ID'],
  }),
  flag('tags', 'string', 'Tags (key1,value1,key2,value2)', { env: ['AWS_TAGS'] }),
  flag('use-ebs-optimized-instance', 'bool', 'Create an EBS optimized instance'),
  flag('use-private-address', 'bool', 'Reach the instance by its private IP address'),
  flag('userdata', 'string', 'Path to a file with cloud-init user data', {
    env: ['AWS_USERDATA'],
  }),
  flag('volume-type', 'string', 'Type of the root volume', {
    default: 'gp3',
    env: ['AWS_VOLUME_TYPE'],
    // Others cannot be booted from, or want a number of operations besides.
    values: ['gp3', 'gp2', 'standard'],
  }),
  flag('vpc-id', 'string', 'VPC (default: the default VPC of the region)', {
    env: ['AWS_VPC_ID'],
  }),
  flag('zone', 'string', 'Availability zone: a, b, c … (default: any)', {
    env: ['AWS_ZONE'],
    values: 'zones',
  }),
];
