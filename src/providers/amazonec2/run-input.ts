import { createHash } from 'node:crypto';
import type { RunInstancesCommandInput } from '@aws-sdk/client-ec2';
import { compact } from '../flag-values.ts';
import type { CreateRequest } from '../provider.ts';
import { tagList } from './client.ts';
import type { ResolvedImage } from './image.ts';
import type { Place } from './network.ts';
import type { Ec2Settings } from './settings.ts';
import { encodeUserData } from './user-data.ts';

/** What an instance is made of that had to be looked up or made before. */
export interface Ingredients {
  readonly image: ResolvedImage;
  readonly place: Place;
  readonly keyPair?: string;
  readonly groups: readonly string[];
}

/** The input of RunInstances; for the same settings and ingredients it is the same to the byte. */
export function runInput(
  settings: Ec2Settings,
  { image, place, keyPair, groups }: Ingredients,
  request: Pick<CreateRequest, 'name' | 'tags' | 'userData'>,
): RunInstancesCommandInput {
  const tags = tagList({ Name: request.name, ...settings.tags, ...request.tags });
  const types = ['instance', 'volume', 'network-interface'] as const;
  return {
    MinCount: 1,
    MaxCount: 1,
    ImageId: image.id,
    InstanceType: settings.instanceType as 't3.small',
    Placement: { AvailabilityZone: place.zone },
    NetworkInterfaces: [
      {
        DeviceIndex: 0,
        SubnetId: place.subnet,
        AssociatePublicIpAddress: settings.privateOnly !== true,
        DeleteOnTermination: true,
        ...(groups.length === 0 ? {} : { Groups: [...groups] }),
        ...(settings.ipv6Count === 0 ? {} : { Ipv6AddressCount: settings.ipv6Count }),
      },
    ],
    BlockDeviceMappings: [rootVolume(settings, image)],
    MetadataOptions: {
      HttpTokens: settings.httpTokens,
      HttpEndpoint: settings.httpEndpoint ?? 'enabled',
      // Containers are one hop further away than their host.
      HttpPutResponseHopLimit: 2,
    },
    TagSpecifications: [
      ...types.map((ResourceType) => ({ ResourceType, Tags: tags })),
      ...(settings.spot === true
        ? [{ ResourceType: 'spot-instances-request' as const, Tags: tags }]
        : []),
    ],
    ...compact({
      KeyName: keyPair,
      UserData: encodeUserData(request.userData),
      EbsOptimized: settings.ebsOptimized,
      Monitoring: settings.monitoring === true ? { Enabled: true } : undefined,
      IamInstanceProfile: iamProfile(settings.iamProfile),
      InstanceMarketOptions: settings.spot === true ? spotOptions(settings) : undefined,
    }),
  };
}

type BlockDevice = NonNullable<RunInstancesCommandInput['BlockDeviceMappings']>[number];

function rootVolume(settings: Ec2Settings, image: ResolvedImage): BlockDevice {
  const { deviceName, rootSize, volumeType, unencrypted, kmsKey } = settings;
  return {
    DeviceName: deviceName ?? image.rootDevice,
    Ebs: {
      VolumeSize: rootSize,
      VolumeType: volumeType as 'gp3',
      DeleteOnTermination: true,
      ...(unencrypted === true ? {} : { Encrypted: true }),
      ...(kmsKey === undefined || unencrypted === true ? {} : { KmsKeyId: kmsKey }),
    },
  };
}

function iamProfile(profile: string | undefined): { Arn: string } | { Name: string } | undefined {
  if (profile === undefined) return undefined;
  return profile.startsWith('arn:') ? { Arn: profile } : { Name: profile };
}

function spotOptions({ spotPrice, spotMinutes }: Ec2Settings): object {
  return {
    MarketType: 'spot',
    SpotOptions: {
      SpotInstanceType: 'one-time',
      InstanceInterruptionBehavior: 'terminate',
      ...(spotPrice === undefined ? {} : { MaxPrice: spotPrice }),
      ...(spotMinutes === undefined ? {} : { BlockDurationMinutes: spotMinutes }),
    },
  };
}

/**
 * The token of a call. EC2 remembers tokens longer than instances: one whose instance has ended would give that again,
 * so instances of earlier lives are part of it.
 */
export function clientToken(token: string, ended: readonly string[]): string {
  return createHash('sha256')
    .update([token, ...[...ended].sort()].join('\n'))
    .digest('hex');
}
