import type { RemoteResource } from '../provider.ts';
import { isProviderError, notOurs, ProviderError } from '../provider-error.ts';
import { STORE_TAG } from '../machine-tags.ts';
import { type Ec2, tagsOf } from './client.ts';
import { hasCode } from './failure.ts';
import { hasEnded, instanceById } from './instance.ts';

/** Milliseconds between looks whether something is gone, and after which that is given up. */
const INTERVAL = 2000;
const TIMEOUT = 300_000;
/** A group that nobody seems to use may be in use for so long. */
const GROUP_TIMEOUT = 60_000;
/** How often an instance is looked for that EC2 does not know: it may have been made a moment ago. */
const LOOKS = 3;

/** Removes one resource and returns when it is gone; false: others still use it. */
export async function removeResource(
  ec2: Ec2,
  { kind, id }: Pick<RemoteResource, 'kind' | 'id'>,
): Promise<boolean> {
  const { commands } = ec2;
  switch (kind) {
    case 'instance':
      return await terminate(ec2, id);
    case 'spot-request':
      return await gone(() =>
        ec2.send(new commands.CancelSpotInstanceRequestsCommand({ SpotInstanceRequestIds: [id] })),
      );
    case 'network-interface':
      return await gone(() =>
        ec2.send(new commands.DeleteNetworkInterfaceCommand({ NetworkInterfaceId: id })),
      );
    case 'volume':
      return await gone(() => ec2.send(new commands.DeleteVolumeCommand({ VolumeId: id })));
    case 'key-pair':
      return await removeKeyPair(ec2, id);
    case 'security-group':
      return await removeGroup(ec2, id);
    default:
      throw new ProviderError('invalid', `EC2 has nothing that is called "${kind}"`);
  }
}

async function terminate(ec2: Ec2, id: string): Promise<boolean> {
  const { clock, signal } = ec2.context;
  let before = await instanceById(ec2, id);
  for (let look = 2; before === undefined && look <= LOOKS; look += 1) {
    await clock.sleep(INTERVAL, signal);
    before = await instanceById(ec2, id);
  }
  if (before === undefined || hasEnded(before)) return true;
  const request = before.SpotInstanceRequestId;
  if (request !== undefined && request !== '') {
    await removeResource(ec2, { kind: 'spot-request', id: request });
  }
  await gone(() => ec2.send(new ec2.commands.TerminateInstancesCommand({ InstanceIds: [id] })));
  const deadline = clock.now() + TIMEOUT;
  for (;;) {
    const instance = await instanceById(ec2, id);
    if (instance === undefined || hasEnded(instance)) return true;
    if (clock.now() >= deadline) {
      throw new ProviderError(
        'failed',
        `${id} is still ${instance.State?.Name ?? 'there'} after it was terminated`,
        { hint: 'Try again later, or look at it in the AWS console.' },
      );
    }
    await clock.sleep(INTERVAL, signal);
  }
}

/** Instances do not need their key pair, but the next machine of the store may be made with a shared one. */
async function removeKeyPair(ec2: Ec2, id: string): Promise<boolean> {
  const { DescribeKeyPairsCommand, DescribeInstancesCommand, DeleteKeyPairCommand } = ec2.commands;
  const { KeyPairs = [] } = await ec2.send(new DescribeKeyPairsCommand({}));
  const pair = KeyPairs.find(({ KeyPairId, KeyName }) => KeyPairId === id || KeyName === id);
  if (pair?.KeyName === undefined) return true;
  const name = pair.KeyName;
  if (tagsOf(pair.Tags)[STORE_TAG] === undefined) throw notOurs(`key pair ${name}`);
  const Filters = [{ Name: 'key-name', Values: [name] }];
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand({ Filters }));
  const users = Reservations.flatMap(({ Instances = [] }) => Instances);
  if (users.some((instance) => !hasEnded(instance))) return false;
  return await gone(() => ec2.send(new DeleteKeyPairCommand({ KeyName: name })));
}

async function removeGroup(ec2: Ec2, id: string): Promise<boolean> {
  const { DescribeSecurityGroupsCommand, DeleteSecurityGroupCommand } = ec2.commands;
  const { clock, signal } = ec2.context;
  const Filters = [{ Name: 'group-id', Values: [id] }];
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }));
  const group = SecurityGroups[0];
  if (group === undefined) return true;
  if (tagsOf(group.Tags)[STORE_TAG] === undefined) {
    throw notOurs(`security group ${group.GroupName ?? id}`);
  }
  const deadline = clock.now() + GROUP_TIMEOUT;
  for (;;) {
    if (await hasUsers(ec2, id)) return false;
    try {
      return await gone(() => ec2.send(new DeleteSecurityGroupCommand({ GroupId: id })));
    } catch (error) {
      // What an instance leaves takes a moment; what lasts is in the rules of another group.
      if (!isProviderError(error, 'in-use')) throw error;
      if (clock.now() >= deadline) return false;
      await clock.sleep(INTERVAL, signal);
    }
  }
}

/** True when something has the group; an instance that has ended keeps it for a moment only. */
async function hasUsers(ec2: Ec2, group: string): Promise<boolean> {
  const { DescribeNetworkInterfacesCommand } = ec2.commands;
  const Filters = [{ Name: 'group-id', Values: [group] }];
  const output = await ec2.send(new DescribeNetworkInterfacesCommand({ Filters }));
  for (const { Attachment } of output.NetworkInterfaces ?? []) {
    if (Attachment?.InstanceId === undefined) return true;
    const instance = await instanceById(ec2, Attachment.InstanceId);
    if (instance !== undefined && !hasEnded(instance)) return true;
  }
  return false;
}

/** What is gone already is what was wanted. */
async function gone(remove: () => Promise<unknown>): Promise<true> {
  try {
    await remove();
  } catch (error) {
    if (
      !isProviderError(error, 'not-found') &&
      !hasCode(error, 'InvalidSpotInstanceRequestID.NotFound')
    ) {
      throw error;
    }
  }
  return true;
}
