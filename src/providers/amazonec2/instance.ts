import type { Instance as Ec2Instance, InstanceStateName } from '@aws-sdk/client-ec2';
import type { Instance, MachineState } from '../provider.ts';
import { MACHINE_TAG } from '../machine-tags.ts';
import type { Tags } from '../tags.ts';
import { type Ec2, tagFilters, tagsOf } from './client.ts';
import { hasCode } from './failure.ts';
import type { Ec2Settings } from './settings.ts';

const STATES: Readonly<Record<InstanceStateName, MachineState>> = {
  pending: 'Starting',
  running: 'Running',
  stopping: 'Stopping',
  stopped: 'Stopped',
  'shutting-down': 'Stopping',
  terminated: 'Not Found',
};

/** An instance in the words of all providers. */
export function instanceOf(instance: Ec2Instance, settings: Ec2Settings): Instance {
  const tags = tagsOf(instance.Tags);
  const ipv6 = instance.NetworkInterfaces?.flatMap(({ Ipv6Addresses = [] }) => Ipv6Addresses)[0];
  const ipv6Address = instance.Ipv6Address ?? ipv6?.Ipv6Address;
  const address = addressOf(instance, ipv6Address, settings);
  const {
    PrivateIpAddress: privateAddress,
    InstanceType: size,
    ImageId: image,
    LaunchTime: launched,
  } = instance;
  return {
    id: instance.InstanceId ?? '',
    name: tags[MACHINE_TAG] ?? tags['Name'] ?? '',
    state: STATES[instance.State?.Name ?? 'pending'],
    ...(address === undefined ? {} : { address }),
    ...(privateAddress === undefined ? {} : { privateAddress }),
    ...(ipv6Address === undefined ? {} : { ipv6Address }),
    region: settings.region,
    ...(size === undefined ? {} : { size }),
    ...(image === undefined ? {} : { image }),
    ...(launched === undefined ? {} : { createdAt: launched.toISOString() }),
    tags,
  };
}

function addressOf(
  instance: Ec2Instance,
  ipv6: string | undefined,
  { privateOnly, usePrivate, ipv6Only }: Ec2Settings,
): string | undefined {
  if (ipv6Only === true) return ipv6;
  const address =
    privateOnly === true || usePrivate === true
      ? instance.PrivateIpAddress
      : instance.PublicIpAddress;
  return address === '' ? undefined : address;
}

/** All instances with these tags, also those that have ended lately. */
export async function instancesByTags(ec2: Ec2, tags: Tags): Promise<Ec2Instance[]> {
  const { DescribeInstancesCommand } = ec2.commands;
  const Filters = tagFilters(tags);
  const reservations = await ec2.pages(
    (token) => ec2.send(new DescribeInstancesCommand({ Filters, ...token })),
    (output) => output.Reservations,
  );
  return reservations.flatMap(({ Instances = [] }) => Instances);
}

/** Undefined: there is none, or EC2 does not know it yet. */
export async function instanceById(ec2: Ec2, id: string): Promise<Ec2Instance | undefined> {
  const { DescribeInstancesCommand } = ec2.commands;
  try {
    const output = await ec2.send(new DescribeInstancesCommand({ InstanceIds: [id] }));
    return output.Reservations?.[0]?.Instances?.[0];
  } catch (error) {
    if (hasCode(error, 'InvalidInstanceID.NotFound', 'InvalidInstanceID.Malformed'))
      return undefined;
    throw error;
  }
}

/** True while an instance is there, and costs. */
export function isAlive(instance: Ec2Instance): boolean {
  return !hasEnded(instance) && instance.State?.Name !== 'shutting-down';
}

/** True for an instance that is gone for good, though EC2 shows it for an hour more. */
export function hasEnded(instance: Ec2Instance): boolean {
  return instance.State?.Name === 'terminated';
}
