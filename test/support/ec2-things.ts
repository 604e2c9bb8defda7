/** What is in an emulated EC2 account, for checks that nothing was left behind. */
import {
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  DescribeVolumesCommand,
  type EC2Client,
} from '@aws-sdk/client-ec2';

/** Everything that costs money or stands in the way, as kind and id, sorted. */
export async function ec2Things(client: EC2Client): Promise<string[]> {
  const [instances, keys, groups, volumes] = await Promise.all([
    client.send(new DescribeInstancesCommand({})),
    client.send(new DescribeKeyPairsCommand({})),
    client.send(new DescribeSecurityGroupsCommand({})),
    client.send(new DescribeVolumesCommand({})),
  ]);
  return [
    ...(instances.Reservations ?? [])
      .flatMap(({ Instances = [] }) => Instances)
      .filter(({ State }) => State?.Name !== 'terminated')
      .map(({ InstanceId }) => `instance ${InstanceId}`),
    ...(keys.KeyPairs ?? []).map(({ KeyPairId }) => `key-pair ${KeyPairId}`),
    ...(groups.SecurityGroups ?? [])
      .filter(({ GroupName }) => GroupName !== 'default')
      .map(({ GroupId }) => `security-group ${GroupId}`),
    ...(volumes.Volumes ?? []).map(({ VolumeId }) => `volume ${VolumeId}`),
  ].toSorted();
}
