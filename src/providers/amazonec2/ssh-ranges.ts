import { ipVersion } from '../../foundation/ip-address.ts';
import { sshSources, type SshSources } from '../addresses.ts';
import { ProviderError } from '../provider-error.ts';
import type { Ec2 } from './client.ts';

const FLAG = '--amazonec2-ssh-cidr';

/**
 * From where SSH is let in: the ranges that were asked for; of a machine that is reached by its private address, those
 * of its VPC, for nobody comes to it from a public one; else the address of this computer.
 *
 * @throws ProviderError when that cannot be told, or could not reach the machine
 */
export async function sshRanges(
  ec2: Ec2,
  vpc: string,
  sshCidr: readonly string[] = ec2.settings.sshCidr ?? [],
): Promise<SshSources> {
  const { privateOnly, usePrivate, ipv6Only } = ec2.settings;
  if (sshCidr.length === 0 && (privateOnly === true || usePrivate === true)) {
    const ranges = await rangesOf(ec2, vpc);
    if (ranges.length > 0) return { ranges, caller: false };
  }
  const sources = await sshSources(FLAG, sshCidr, { ...ec2.context, api: ec2.endpoint });
  const [own = ''] = sources.ranges;
  if (sshCidr.length === 0 && ipv6Only === true && ipVersion(own.split('/')[0] ?? '') !== 6) {
    throw new ProviderError(
      'invalid',
      `this computer reaches the internet from ${own}, and the machine is to be reached by IPv6 alone`,
      { hint: `Say from where SSH is to be let in: ${FLAG} ADDRESS/BITS.` },
    );
  }
  return sources;
}

async function rangesOf(ec2: Ec2, vpc: string): Promise<string[]> {
  const { DescribeVpcsCommand } = ec2.commands;
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [vpc] }));
  const ranges = Vpcs.flatMap((each) => [
    each.CidrBlock,
    ...(each.CidrBlockAssociationSet ?? []).map(({ CidrBlock }) => CidrBlock),
    ...(each.Ipv6CidrBlockAssociationSet ?? []).map(({ Ipv6CidrBlock }) => Ipv6CidrBlock),
  ]);
  return [...new Set(ranges.filter((range): range is string => (range ?? '') !== ''))];
}
