import type { InstanceTypeInfo } from '@aws-sdk/client-ec2';
import type { Choice, ChoiceKind } from '../provider.ts';
import type { Ec2 } from './client.ts';
import { offeredImages } from './image.ts';

/** What a flag's value may be. EC2 does not tell prices. */
export async function choicesOf(ec2: Ec2, kind: ChoiceKind): Promise<Choice[]> {
  const { DescribeRegionsCommand, DescribeAvailabilityZonesCommand } = ec2.commands;
  switch (kind) {
    case 'regions': {
      const { Regions = [] } = await ec2.send(new DescribeRegionsCommand({}));
      return Regions.map(({ RegionName = '', Endpoint = '' }) => ({
        value: RegionName,
        summary: Endpoint,
      })).sort((a, b) => a.value.localeCompare(b.value));
    }
    case 'zones': {
      const output = await ec2.send(new DescribeAvailabilityZonesCommand({}));
      return (output.AvailabilityZones ?? []).map(({ ZoneName = '', State = '' }) => ({
        value: ZoneName.slice(ec2.settings.region.length),
        summary: `${ZoneName} (${State})`,
      }));
    }
    case 'sizes':
      return await instanceTypes(ec2);
    case 'images': {
      const images = await offeredImages(ec2);
      return images.map(({ ImageId = '', Name = '' }) => ({ value: ImageId, summary: Name }));
    }
  }
}

async function instanceTypes(ec2: Ec2): Promise<Choice[]> {
  const { DescribeInstanceTypesCommand } = ec2.commands;
  const Filters = [{ Name: 'current-generation', Values: ['true'] }];
  const types = await ec2.pages(
    (token) => ec2.send(new DescribeInstanceTypesCommand({ Filters, ...token })),
    (output) => output.InstanceTypes,
  );
  return types
    .filter(({ BareMetal }) => BareMetal !== true)
    .sort((a, b) => family(a).localeCompare(family(b)) || memory(a) - memory(b))
    .map((type) => ({ value: type.InstanceType ?? '', summary: describe(type) }));
}

function describe(type: InstanceTypeInfo): string {
  const gib = Number((memory(type) / 1024).toFixed(1));
  const architectures = type.ProcessorInfo?.SupportedArchitectures ?? [];
  const architecture = architectures.includes('arm64') ? 'arm64' : 'x86_64';
  return `${type.VCpuInfo?.DefaultVCpus ?? 0} vCPU, ${gib} GiB, ${architecture}`;
}

function memory(type: InstanceTypeInfo): number {
  return type.MemoryInfo?.SizeInMiB ?? 0;
}

function family(type: InstanceTypeInfo): string {
  return (type.InstanceType ?? '').split('.')[0] ?? '';
}
