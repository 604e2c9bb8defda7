import type { Subnet } from '@aws-sdk/client-ec2';
import { ProviderError } from '../provider-error.ts';
import type { Ec2 } from './client.ts';
import { hasCode } from './failure.ts';

/** Where an instance is put. */
export interface Place {
  readonly vpc: string;
  readonly subnet: string;
  readonly zone: string;
}

const OWN = 'Name one: --amazonec2-vpc-id and --amazonec2-subnet-id';

/**
 * The subnet that was asked for, else one of the VPC that was, else of the default one.
 *
 * @throws ProviderError, saying what is missing and how to get it
 */
export async function resolvePlace(ec2: Ec2): Promise<Place> {
  const { subnet: wanted, vpc: wantedVpc, zone, privateOnly } = ec2.settings;
  if (wanted !== undefined) {
    const subnet = await subnetById(ec2, wanted);
    if (wantedVpc !== undefined && subnet.VpcId !== wantedVpc) {
      throw new ProviderError(
        'invalid',
        `the subnet ${wanted} is in ${subnet.VpcId ?? 'no VPC'}, not in ${wantedVpc}`,
      );
    }
    return placeOf(subnet);
  }
  const vpc = wantedVpc ?? (await defaultVpc(ec2));
  const subnets = await subnetsOf(ec2, vpc);
  const here = subnets.filter(
    ({ AvailabilityZone }) => zone === undefined || AvailabilityZone === zone,
  );
  const able = zone === undefined ? await withType(ec2, here) : here;
  const chosen =
    able.find(({ DefaultForAz }) => DefaultForAz === true) ??
    able.find(({ MapPublicIpOnLaunch }) => privateOnly !== true && MapPublicIpOnLaunch === true) ??
    able[0];
  if (chosen !== undefined) return placeOf(chosen);
  const zones = [...new Set(subnets.map(({ AvailabilityZone = '' }) => AvailabilityZone))];
  throw new ProviderError(
    'invalid',
    `the VPC ${vpc} has no subnet${zone === undefined ? '' : ` in the zone ${zone}`}`,
    {
      hint:
        zones.length === 0
          ? `Make one, or choose another VPC. ${OWN}.`
          : `It has some in ${zones.join(', ')}: --amazonec2-zone.`,
    },
  );
}

async function defaultVpc(ec2: Ec2): Promise<string> {
  const { DescribeVpcsCommand } = ec2.commands;
  const Filters = [{ Name: 'is-default', Values: ['true'] }];
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ Filters }));
  const id = Vpcs.find(({ IsDefault }) => IsDefault === true)?.VpcId;
  if (id !== undefined) return id;
  throw new ProviderError('invalid', `the account has no default VPC in ${ec2.settings.region}`, {
    hint: `${OWN}, or make one: aws ec2 create-default-vpc --region ${ec2.settings.region}.`,
  });
}

async function subnetById(ec2: Ec2, id: string): Promise<Subnet> {
  const { DescribeSubnetsCommand } = ec2.commands;
  try {
    const output = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [id] }));
    const subnet = output.Subnets?.[0];
    if (subnet !== undefined) return subnet;
  } catch (error) {
    if (!hasCode(error, 'InvalidSubnetID.NotFound', 'InvalidSubnetID.Malformed')) throw error;
  }
  throw new ProviderError(
    'invalid',
    `--amazonec2-subnet-id: there is no subnet ${id} in ${ec2.settings.region}`,
  );
}

/** In the order of their zones, so that the same one is chosen every time. */
async function subnetsOf(ec2: Ec2, vpc: string): Promise<Subnet[]> {
  const { DescribeSubnetsCommand } = ec2.commands;
  const Filters = [{ Name: 'vpc-id', Values: [vpc] }];
  const subnets = await ec2.pages(
    (token) => ec2.send(new DescribeSubnetsCommand({ Filters, ...token })),
    (output) => output.Subnets,
  );
  return subnets.sort((a, b) => (a.AvailabilityZone ?? '').localeCompare(b.AvailabilityZone ?? ''));
}

/** Those in zones that have the type of the instance; all where that cannot be told. */
async function withType(ec2: Ec2, subnets: readonly Subnet[]): Promise<readonly Subnet[]> {
  const { DescribeInstanceTypeOfferingsCommand } = ec2.commands;
  if (subnets.length < 2) return subnets;
  const offers = await ec2.pages(
    (token) =>
      ec2.send(
        new DescribeInstanceTypeOfferingsCommand({
          LocationType: 'availability-zone',
          Filters: [{ Name: 'instance-type', Values: [ec2.settings.instanceType] }],
          ...token,
        }),
      ),
    (output) => output.InstanceTypeOfferings,
  );
  const zones = new Set(offers.map(({ Location }) => Location));
  const able = subnets.filter(({ AvailabilityZone }) => zones.has(AvailabilityZone));
  return able.length === 0 ? subnets : able;
}

function placeOf({ VpcId = '', SubnetId = '', AvailabilityZone = '' }: Subnet): Place {
  return { vpc: VpcId, subnet: SubnetId, zone: AvailabilityZone };
}
