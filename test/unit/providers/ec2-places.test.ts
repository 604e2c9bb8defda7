import { describe, expect, it } from 'vitest';
import { ec2Failure } from '../../../src/providers/amazonec2/failure.ts';
import { resolveImage } from '../../../src/providers/amazonec2/image.ts';
import { resolvePlace } from '../../../src/providers/amazonec2/network.ts';
import { amazonec2 } from '../../../src/providers/amazonec2/amazonec2.ts';
import { ensureGroups } from '../../../src/providers/amazonec2/security-group.ts';
import type { ProviderContext, ProviderFlagValues } from '../../../src/providers/provider.ts';
import { creation, settingsFrom } from '../../support/provider-bench.ts';
import { gives, scriptedEc2 } from '../../support/scripted-ec2.ts';

describe('regions of China and of the government', () => {
  it.each([
    ['eu-central-1', '099720109477'],
    ['cn-north-1', '837727238323'],
    ['us-gov-west-1', '513442679011'],
  ])('in %s Ubuntu is published by %s', async (region, owner) => {
    const { ec2 } = scriptedEc2(
      {
        DescribeImages: ({ Owners }) => ({
          Images: JSON.stringify(Owners) === JSON.stringify([owner]) ? [{ ImageId: 'ami-1' }] : [],
        }),
      },
      { 'amazonec2-region': region },
    );
    expect(await resolveImage(ec2)).toMatchObject({ id: 'ami-1' });
  });

  it('nobody is asked for images of Debian where it publishes none', async () => {
    const given = { 'amazonec2-region': 'cn-north-1', 'amazonec2-ami': 'debian-13' };
    const { ec2, calls } = scriptedEc2({}, given);
    await expect(resolveImage(ec2)).rejects.toMatchObject({
      message: 'there is no image "debian-13" for x86_64 in cn-north-1',
    });
    expect(calls).not.toContain('DescribeImages');
  });

  it.each([
    ['us-east-1', 'http://ec2.us-east-1.amazonaws.com'],
    ['cn-north-1', 'http://ec2.cn-north-1.amazonaws.com.cn'],
  ])('%s without TLS is %s', (region, endpoint) => {
    const given = { 'amazonec2-region': region, 'amazonec2-insecure-transport': true };
    expect(settingsFrom(amazonec2, given)).toMatchObject({ endpoint });
  });
});

describe('the subnet that is chosen', () => {
  const subnet = (SubnetId: string, AvailabilityZone: string, rest: object = {}) => ({
    SubnetId,
    AvailabilityZone,
    VpcId: 'vpc-1',
    ...rest,
  });
  const DEFAULT = { DefaultForAz: true };
  const offered = (...zones: string[]) =>
    gives({ InstanceTypeOfferings: zones.map((Location) => ({ Location })) });
  const place = (subnets: readonly object[], offers: string[], given: ProviderFlagValues = {}) =>
    resolvePlace(
      scriptedEc2(
        {
          DescribeVpcs: gives({ Vpcs: [{ VpcId: 'vpc-1', IsDefault: true }] }),
          DescribeSubnets: gives({ Subnets: [...subnets] }),
          DescribeInstanceTypeOfferings: offered(...offers),
        },
        given,
      ).ec2,
    );
  const both = [
    subnet('subnet-a', 'us-east-1a', DEFAULT),
    subnet('subnet-b', 'us-east-1b', DEFAULT),
  ];

  it('is in a zone that has the type of the instance', async () => {
    expect(await place(both, ['us-east-1b'])).toMatchObject({ subnet: 'subnet-b' });
  });

  it('is the first one where no zone is said to have the type', async () => {
    expect(await place(both, [])).toMatchObject({ subnet: 'subnet-a' });
  });

  it('is in the zone that was asked for, whatever that has', async () => {
    const given = { 'amazonec2-zone': 'a' };
    expect(await place(both, ['us-east-1b'], given)).toMatchObject({ subnet: 'subnet-a' });
  });

  it('gives public addresses where it can', async () => {
    const subnets = [
      subnet('subnet-a', 'us-east-1a'),
      subnet('subnet-b', 'us-east-1b', { MapPublicIpOnLaunch: true }),
    ];
    const zones = ['us-east-1a', 'us-east-1b'];
    expect(await place(subnets, zones)).toMatchObject({ subnet: 'subnet-b' });
    const given = { 'amazonec2-private-address-only': true };
    expect(await place(subnets, zones, given)).toMatchObject({ subnet: 'subnet-a' });
  });
});

describe('from where SSH is let in', () => {
  const ranges = async (
    given: ProviderFlagValues,
    changes: Partial<ProviderContext> = {},
  ): Promise<unknown> => {
    const rules: unknown[] = [];
    const { ec2 } = scriptedEc2(
      {
        CreateSecurityGroup: gives({ GroupId: 'sg-1' }),
        DescribeVpcs: gives({
          Vpcs: [
            {
              VpcId: 'vpc-1',
              CidrBlock: '10.0.0.0/16',
              CidrBlockAssociationSet: [{ CidrBlock: '10.0.0.0/16' }, { CidrBlock: '10.8.0.0/16' }],
              Ipv6CidrBlockAssociationSet: [{ Ipv6CidrBlock: '2001:db8::/56' }],
            },
          ],
        }),
        AuthorizeSecurityGroupIngress: ({ IpPermissions }) => {
          rules.push(...(IpPermissions as object[]));
          return {};
        },
      },
      given,
      changes,
    );
    await ensureGroups(ec2, 'vpc-1', creation('web', {}));
    const all = rules as {
      readonly FromPort: number;
      readonly IpRanges: readonly { readonly CidrIp: string }[];
      readonly Ipv6Ranges: readonly { readonly CidrIpv6: string }[];
    }[];
    const ssh = all.find(({ FromPort }) => FromPort === 22);
    return [
      ...(ssh?.IpRanges ?? []).map(({ CidrIp }) => CidrIp),
      ...(ssh?.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => CidrIpv6),
    ];
  };
  const vpc = ['10.0.0.0/16', '10.8.0.0/16', '2001:db8::/56'];

  it.each([
    [{}, ['198.51.100.7/32']],
    [{ 'amazonec2-private-address-only': true }, vpc],
    [{ 'amazonec2-use-private-address': true }, vpc],
    [
      { 'amazonec2-use-private-address': true, 'amazonec2-ssh-cidr': ['10.1.2.3'] },
      ['10.1.2.3/32'],
    ],
  ])('%j: %j', async (given, expected) => {
    expect(await ranges(given)).toEqual(expected);
  });

  it('an own address that cannot be told does not matter to a private one', async () => {
    const ownAddress = () => Promise.resolve(undefined);
    expect(await ranges({ 'amazonec2-private-address-only': true }, { ownAddress })).toEqual(vpc);
  });

  it('a computer with IPv4 alone could not reach a machine by IPv6', async () => {
    const given = { 'amazonec2-ipv6-address-only': true };
    await expect(ranges(given)).rejects.toMatchObject({
      kind: 'invalid',
      hint: expect.stringContaining('--amazonec2-ssh-cidr') as string,
    });
    const ownAddress = () => Promise.resolve('2001:db8:1::7');
    expect(await ranges(given, { ownAddress })).toEqual(['2001:db8:1::7/128']);
  });
});

describe('what would help', () => {
  it.each([
    ['RulesPerSecurityGroupLimitExceeded', 'addresses that are not used any more'],
    ['IdempotentParameterMismatch', '--force'],
    ['AuthFailure', 'enabled'],
    ['InsufficientInstanceCapacity', '--amazonec2-zone'],
    ['VcpuLimitExceeded', 'quota'],
  ])('against %s: %s', (Code, words) => {
    const error = Object.assign(new Error('words'), { name: Code, Code });
    expect(ec2Failure(error, { region: 'me-south-1' }).hint).toContain(words);
  });

  it('against stopping a spot instance', () => {
    const message =
      "You can't stop the Spot Instance 'i-1' because it is associated with a one-time Spot Instance request.";
    const error = Object.assign(new Error(message), { Code: 'UnsupportedOperation' });
    expect(ec2Failure(error, { region: 'us-east-1' }).hint).toContain('"machine rm" ends it');
  });
});
