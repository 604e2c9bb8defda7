/** Regions by name, for guesses where none can be asked; not for checks, for there are new ones every year. */
export const REGIONS: readonly string[] = (
  'af-south-1 ap-east-1 ap-east-2 ap-northeast-1 ap-northeast-2 ' +
  'ap-northeast-3 ap-south-1 ap-south-2 ap-southeast-1 ap-southeast-2 ' +
  'ap-southeast-3 ap-southeast-4 ap-southeast-5 ap-southeast-7 ca-central-1 ' +
  'ca-west-1 cn-north-1 cn-northwest-1 eu-central-1 eu-central-2 eu-north-1 eu-south-1 ' +
  'eu-south-2 eu-west-1 eu-west-2 eu-west-3 il-central-1 ' +
  'me-central-1 me-south-1 mx-central-1 sa-east-1 us-east-1 ' +
  'us-east-2 us-gov-east-1 us-gov-west-1 us-west-1 us-west-2'
).split(' ');

/** Regions of China and of the government have accounts and endpoints of their own. */
export type Partition = 'aws' | 'aws-cn' | 'aws-us-gov';

/** The partition of AWS that a region is in. */
export function partitionOf(region: string): Partition {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

/** Host name of EC2 in a region. */
export function endpointHost(region: string): string {
  return `ec2.${region}.amazonaws.com${partitionOf(region) === 'aws-cn' ? '.cn' : ''}`;
}
