import type { RemoteResource } from '../provider.ts';
import { MACHINE_TAG } from '../machine-tags.ts';
import { matches, sharedTags, type Tags } from '../tags.ts';
import { type Ec2, tagFilters, tagsOf } from './client.ts';
import { hasEnded, instancesByTags } from './instance.ts';

type Tagged = Parameters<typeof tagsOf>[0];

/** Everything that was made for the machines of a store, or for one of them; instances come first. */
export async function resourcesOf(ec2: Ec2, tags: Tags): Promise<RemoteResource[]> {
  const shared = sharedTags(tags);
  const groups = await Promise.all([
    instances(ec2, shared),
    spotRequests(ec2, shared),
    networkInterfaces(ec2, shared),
    volumes(ec2, shared),
    keyPairs(ec2, shared),
    securityGroups(ec2, shared),
  ]);
  return groups
    .flat()
    .filter(({ tags: own }) => matches(own, tags))
    .map(({ resource }) => resource);
}

interface Found {
  readonly resource: RemoteResource;
  readonly tags: Tags;
}

function found(
  ec2: Ec2,
  kind: string,
  id: string | undefined,
  rest: { title: string; tags: Tagged },
): Found {
  const tags = tagsOf(rest.tags);
  const machine = tags[MACHINE_TAG];
  return {
    tags,
    resource: {
      kind,
      id: id ?? '',
      region: ec2.settings.region,
      ...(machine === undefined ? {} : { machine }),
      title: rest.title,
    },
  };
}

async function instances(ec2: Ec2, tags: Tags): Promise<Found[]> {
  const all = await instancesByTags(ec2, tags);
  return (
    all
      // One without the name of a machine was not made for one, whoever gave it the other tags.
      .filter((instance) => !hasEnded(instance) && MACHINE_TAG in tagsOf(instance.Tags))
      .map(({ InstanceId, InstanceType, Tags: own = [] }) => {
        const title = `instance ${InstanceId ?? ''} (${InstanceType ?? ''}, ${ec2.settings.region})`;
        return found(ec2, 'instance', InstanceId, { title, tags: own });
      })
  );
}

/** Those that could still start an instance. */
async function spotRequests(ec2: Ec2, tags: Tags): Promise<Found[]> {
  const { DescribeSpotInstanceRequestsCommand } = ec2.commands;
  const all = await ec2.pages(
    (token) =>
      ec2.send(new DescribeSpotInstanceRequestsCommand({ Filters: tagFilters(tags), ...token })),
    (output) => output.SpotInstanceRequests,
  );
  return all
    .filter(({ State }) => State === 'open' || State === 'active')
    .map(({ SpotInstanceRequestId, Tags: own = [] }) =>
      found(ec2, 'spot-request', SpotInstanceRequestId, {
        title: `spot request ${SpotInstanceRequestId ?? ''}`,
        tags: own,
      }),
    );
}

/** Those of no instance; the others go with theirs. */
async function networkInterfaces(ec2: Ec2, tags: Tags): Promise<Found[]> {
  const { DescribeNetworkInterfacesCommand } = ec2.commands;
  const all = await ec2.pages(
    (token) =>
      ec2.send(new DescribeNetworkInterfacesCommand({ Filters: tagFilters(tags), ...token })),
    (output) => output.NetworkInterfaces,
  );
  return all
    .filter(({ Status }) => Status === 'available')
    .map(({ NetworkInterfaceId, TagSet = [] }) =>
      found(ec2, 'network-interface', NetworkInterfaceId, {
        title: `network interface ${NetworkInterfaceId ?? ''}`,
        tags: TagSet,
      }),
    );
}

/** Those of no instance; the others go with theirs. */
async function volumes(ec2: Ec2, tags: Tags): Promise<Found[]> {
  const { DescribeVolumesCommand } = ec2.commands;
  const all = await ec2.pages(
    (token) => ec2.send(new DescribeVolumesCommand({ Filters: tagFilters(tags), ...token })),
    (output) => output.Volumes,
  );
  return all
    .filter(({ State }) => State === 'available' || State === 'error')
    .map(({ VolumeId, Size, Tags: own = [] }) =>
      found(ec2, 'volume', VolumeId, {
        title: `volume ${VolumeId ?? ''} (${Size ?? 0} GB)`,
        tags: own,
      }),
    );
}

async function keyPairs(ec2: Ec2, tags: Tags): Promise<Found[]> {
  const { DescribeKeyPairsCommand } = ec2.commands;
  const input = { Filters: tagFilters(tags) };
  const { KeyPairs = [] } = await ec2.send(new DescribeKeyPairsCommand(input));
  return KeyPairs.map(({ KeyPairId, KeyName = '', Tags: own = [] }) =>
    found(ec2, 'key-pair', KeyPairId ?? KeyName, { title: `key pair ${KeyName}`, tags: own }),
  );
}

async function securityGroups(ec2: Ec2, tags: Tags): Promise<Found[]> {
  const { DescribeSecurityGroupsCommand } = ec2.commands;
  const all = await ec2.pages(
    (token) => ec2.send(new DescribeSecurityGroupsCommand({ Filters: tagFilters(tags), ...token })),
    (output) => output.SecurityGroups,
  );
  return all.map(({ GroupId, GroupName = '', Tags: own = [] }) =>
    found(ec2, 'security-group', GroupId, {
      title: `security group ${GroupName} (${GroupId ?? ''})`,
      tags: own,
    }),
  );
}
