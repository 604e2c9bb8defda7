import type { Image } from '@aws-sdk/client-ec2';
import { unknownValue } from '../did-you-mean.ts';
import { ProviderError } from '../provider-error.ts';
import type { Ec2 } from './client.ts';
import { hasCode } from './failure.ts';
import { type ImageName, parseImageName } from './image-name.ts';
import { type Partition, partitionOf } from './regions.ts';

/** Who publishes images; anybody can take their names. */
const OWNERS: Readonly<Record<ImageName['distribution'], Partial<Record<Partition, string>>>> = {
  debian: { aws: '136693071363' },
  ubuntu: { aws: '099720109477', 'aws-cn': '837727238323', 'aws-us-gov': '513442679011' },
};
/** Releases of Ubuntu with long support. */
const LTS = ['22.04', '24.04', '26.04', '28.04', '30.04'];

type Architecture = 'x86_64' | 'arm64';

/** What an instance is made from. */
export interface ResolvedImage {
  readonly id: string;
  readonly rootDevice: string;
}

/**
 * The image that was asked for, else the newest Ubuntu with long support for the type of the instance.
 *
 * @throws ProviderError when there is none, or it is for other processors
 */
export async function resolveImage(ec2: Ec2): Promise<ResolvedImage> {
  const { ami = 'ubuntu', instanceType, region } = ec2.settings;
  const architecture = await architectureOf(ec2);
  const name = parseImageName(ami);
  const image =
    name === undefined
      ? await imageById(ec2, ami)
      : (await imagesByName(ec2, name, architecture))[0];
  if (image?.ImageId === undefined) {
    throw new ProviderError(
      'invalid',
      `there is no image "${ami}" for ${architecture} in ${region}`,
      {
        hint: 'Give --amazonec2-ami ami-…, ubuntu-24.04 or debian-13.',
      },
    );
  }
  if (image.Architecture !== undefined && image.Architecture !== architecture) {
    throw new ProviderError(
      'invalid',
      `the image ${ami} is for ${image.Architecture}, and ${instanceType} is ${architecture}`,
      { hint: 'Choose another --amazonec2-instance-type (t3: x86_64, t4g: arm64) or image.' },
    );
  }
  return { id: image.ImageId, rootDevice: image.RootDeviceName ?? '/dev/sda1' };
}

/** Images of distributions that are worth offering, the newest of each release. */
export async function offeredImages(ec2: Ec2): Promise<Image[]> {
  const architecture = await architectureOf(ec2);
  const found = await Promise.all([
    ...['12', '13'].map((version) =>
      imagesByName(ec2, { distribution: 'debian', version }, architecture),
    ),
    ...LTS.map((version) => imagesByName(ec2, { distribution: 'ubuntu', version }, architecture)),
  ]);
  return found.flatMap((images) => images.slice(0, 1));
}

async function imageById(ec2: Ec2, id: string): Promise<Image | undefined> {
  if (!/^ami-[0-9a-f]+$/.test(id)) {
    throw new ProviderError('invalid', `--amazonec2-ami: "${id}" is no image`, {
      hint: 'Give an id (ami-…), debian-12, debian-13, or ubuntu-24.04.',
    });
  }
  const { DescribeImagesCommand } = ec2.commands;
  try {
    return (await ec2.send(new DescribeImagesCommand({ ImageIds: [id] }))).Images?.[0];
  } catch (error) {
    if (
      !hasCode(error, 'InvalidAMIID.NotFound', 'InvalidAMIID.Malformed', 'InvalidAMIID.Unavailable')
    )
      throw error;
    throw new ProviderError('invalid', `--amazonec2-ami: ${id} is not in ${ec2.settings.region}`, {
      hint: 'Every region has its own images; leave the flag out for the newest Ubuntu LTS.',
      cause: error,
    });
  }
}

/** The newest first: by release, then by date. */
async function imagesByName(
  ec2: Ec2,
  { distribution, version }: ImageName,
  architecture: Architecture,
): Promise<Image[]> {
  const owner = OWNERS[distribution][partitionOf(ec2.settings.region)];
  if (owner === undefined) return [];
  const arch = architecture === 'arm64' ? 'arm64' : 'amd64';
  const names =
    distribution === 'debian'
      ? [`debian-${version ?? '1?'}-${arch}-*`]
      : (version === undefined ? LTS : [version]).map(
          (release) => `ubuntu/images/hvm-ssd*/ubuntu-*-${release}-${arch}-server-*`,
        );
  const { DescribeImagesCommand } = ec2.commands;
  const images = await ec2.pages(
    (token) =>
      ec2.send(
        new DescribeImagesCommand({
          Owners: [owner],
          Filters: [
            { Name: 'name', Values: names },
            { Name: 'architecture', Values: [architecture] },
            { Name: 'state', Values: ['available'] },
          ],
          ...token,
        }),
      ),
    (output) => output.Images,
  );
  return images.sort(
    (a, b) =>
      releaseOf(b) - releaseOf(a) || (b.CreationDate ?? '').localeCompare(a.CreationDate ?? ''),
  );
}

function releaseOf({ Name = '' }: Image): number {
  return Number(/(?:debian-|-)(\d+(?:\.\d+)?)-(?:amd64|arm64)-/.exec(Name)?.[1] ?? 0);
}

/** What the processor of the type runs. */
async function architectureOf(ec2: Ec2): Promise<Architecture> {
  const { DescribeInstanceTypesCommand } = ec2.commands;
  const { instanceType } = ec2.settings;
  try {
    const input = { InstanceTypes: [instanceType as 't3.small'] };
    const [type] = (await ec2.send(new DescribeInstanceTypesCommand(input))).InstanceTypes ?? [];
    const known = type?.ProcessorInfo?.SupportedArchitectures ?? [];
    return known.includes('arm64') ? 'arm64' : 'x86_64';
  } catch (error) {
    if (!hasCode(error, 'InvalidInstanceType', 'InvalidParameterValue')) throw error;
    const all = await ec2.pages(
      (token) => ec2.send(new DescribeInstanceTypesCommand(token)),
      (output) => output.InstanceTypes,
    );
    const names = all.map(({ InstanceType }): string => InstanceType ?? '').sort();
    const flag = '--amazonec2-instance-type';
    throw unknownValue(flag, { kind: 'instance type', value: instanceType }, names);
  }
}
