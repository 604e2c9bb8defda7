import { unknownValue } from '../did-you-mean.ts';
import type { CreateRequest } from '../provider.ts';
import { isProviderError } from '../provider-error.ts';
import { requireFile } from '../user-files.ts';
import type { Ec2 } from './client.ts';
import { hasCode } from './failure.ts';
import { resolveImage } from './image.ts';
import { requireKeyPair } from './key-pair.ts';
import { resolvePlace } from './network.ts';
import { REGIONS } from './regions.ts';
import { runInput } from './run-input.ts';
import { checkGroups } from './security-group.ts';

/** Says whether an instance could be made, as far as EC2 tells without making it. */
export async function checkCreation(
  ec2: Ec2,
  request: Pick<CreateRequest, 'name' | 'tags' | 'userData'>,
): Promise<void> {
  const { settings, context } = ec2;
  await requireFile('--amazonec2-userdata', settings.userData, context);
  await requireFile('--amazonec2-ssh-keypath', settings.keyPath, context);
  await checkRegion(ec2);
  const [image, place] = await Promise.all([
    resolveImage(ec2),
    resolvePlace(ec2),
    settings.keyPair === undefined ? undefined : requireKeyPair(ec2, settings.keyPair),
  ]);
  await checkGroups(ec2, place.vpc);
  try {
    const input = runInput(settings, { image, place, groups: [] }, request);
    await ec2.send(new ec2.commands.RunInstancesCommand({ ...input, DryRun: true }));
  } catch (error) {
    if (!hasCode(error, 'DryRunOperation')) throw error;
  }
}

async function checkRegion(ec2: Ec2): Promise<void> {
  const { region, endpoint } = ec2.settings;
  const flag = '--amazonec2-region';
  try {
    const { Regions = [] } = await ec2.send(new ec2.commands.DescribeRegionsCommand({}));
    const names = Regions.map(({ RegionName = '' }) => RegionName);
    if (names.includes(region) || names.length === 0) return;
    throw unknownValue(flag, { kind: 'region', value: region, among: ' for this account' }, names);
  } catch (error) {
    // Not every account may list regions; and there is nobody to ask in one that does not exist.
    if (isProviderError(error, 'denied') && hasCode(error, 'UnauthorizedOperation')) return;
    if (!isProviderError(error, 'unreachable', 'failed') || endpoint !== undefined) throw error;
    if (REGIONS.includes(region)) throw error;
    throw unknownValue(flag, { kind: 'region', value: region }, REGIONS);
  }
}
