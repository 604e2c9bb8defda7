import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { amazonec2 } from '../../../src/providers/amazonec2/amazonec2.ts';
import { parseImageName } from '../../../src/providers/amazonec2/image-name.ts';
import { clientToken, runInput } from '../../../src/providers/amazonec2/run-input.ts';
import type { Ec2Settings } from '../../../src/providers/amazonec2/settings.ts';
import { encodeUserData } from '../../../src/providers/amazonec2/user-data.ts';
import { flagValues } from '../../../src/providers/flag-values.ts';
import { creation } from '../../support/provider-bench.ts';

describe('calls of EC2', () => {
  const settings = amazonec2.settings(
    flagValues(amazonec2.flags, {}, {}),
  ) as unknown as Ec2Settings;
  const ingredients = {
    image: { id: 'ami-1', rootDevice: '/dev/xvda' },
    place: { vpc: 'v', subnet: 's', zone: 'us-east-1a' },
    keyPair: 'k',
    groups: ['sg-1'],
  };

  it('are the same for the same machine, as idempotency tokens need', () => {
    const input = runInput(settings, ingredients, creation('web', {}));
    expect(runInput(settings, ingredients, creation('web', {}))).toEqual(input);
    expect(clientToken('t', ['b', 'a'])).toBe(clientToken('t', ['a', 'b']));
    expect(clientToken('t', [])).not.toBe(clientToken('t', ['a']));
  });

  it('have tags of the user’s, which cannot take the place of those by which things are found', () => {
    const tags = { team: 'web', Name: 'mine', 'tcompose-machine': 'other' };
    const input = runInput({ ...settings, tags }, ingredients, creation('web', {}));
    const [first] = input.TagSpecifications ?? [];
    const all = Object.fromEntries(first?.Tags?.map(({ Key, Value }) => [Key, Value]) ?? []);
    expect(all).toMatchObject({ team: 'web', Name: 'mine', 'tcompose-machine': 'web' });
  });

  it.each([
    ['web', { Name: 'web' }],
    ['arn:aws:iam::1:instance-profile/web', { Arn: 'arn:aws:iam::1:instance-profile/web' }],
  ])('name the profile %s as what it is: a name or an ARN', (iamProfile, expected) => {
    const input = runInput({ ...settings, iamProfile }, ingredients, creation('web', {}));
    expect(input.IamInstanceProfile).toEqual(expected);
  });

  it('have user data encoded, and compressed when it is long', () => {
    expect(encodeUserData('')).toBeUndefined();
    expect(Buffer.from(encodeUserData('#x') ?? '', 'base64').toString()).toBe('#x');
    const long = '#cloud-config\n'.repeat(2000);
    const sent = Buffer.from(encodeUserData(long) ?? '', 'base64');
    expect(sent.length).toBeLessThan(16_384);
    expect(gunzipSync(sent).toString()).toBe(long);
    expect(encodeUserData(long)).toBe(encodeUserData(long));
  });

  it.each([
    ['debian', { distribution: 'debian' }],
    ['debian-13', { distribution: 'debian', version: '13' }],
    ['ubuntu-24.04', { distribution: 'ubuntu', version: '24.04' }],
    ['ami-0123', undefined],
    ['fedora-42', undefined],
  ])('tell words for images from ids: %s', (text, name) => {
    expect(parseImageName(text)).toEqual(name);
  });
});
