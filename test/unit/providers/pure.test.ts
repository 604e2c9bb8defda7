import fc from 'fast-check';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseCidr, parseOpenPort } from '../../../src/providers/addresses.ts';
import { ec2Failure } from '../../../src/providers/amazonec2/failure.ts';
import { parseImageName } from '../../../src/providers/amazonec2/image-name.ts';
import { clientToken, runInput } from '../../../src/providers/amazonec2/run-input.ts';
import type { Ec2Settings } from '../../../src/providers/amazonec2/settings.ts';
import { amazonec2 } from '../../../src/providers/amazonec2/amazonec2.ts';
import { encodeUserData } from '../../../src/providers/amazonec2/user-data.ts';
import { instanceOf, tagWords } from '../../../src/providers/digitalocean/droplet.ts';
import { answerFailure } from '../../../src/providers/digitalocean/failure.ts';
import { fingerprintOf } from '../../../src/providers/digitalocean/ssh-key.ts';
import { flagValues } from '../../../src/providers/flag-values.ts';
import { generic } from '../../../src/providers/generic/generic.ts';
import { none } from '../../../src/providers/none/none.ts';
import { matches, sharedTags } from '../../../src/providers/tags.ts';
import { creation, providerContext, PUBLIC_KEY } from '../../support/provider-bench.ts';

describe('ports and ranges', () => {
  it.each([
    ['80', { protocol: 'tcp', from: 80, to: 80 }],
    ['53/udp', { protocol: 'udp', from: 53, to: 53 }],
    ['8000-8100', { protocol: 'tcp', from: 8000, to: 8100 }],
  ])('%s', (text, port) => {
    expect(parseOpenPort('--x', text)).toEqual(port);
  });

  it.each(['', '0', '65536', '90-80', '80/sctp', '-1', '80 '])('%j is no port', (text) => {
    expect(() => parseOpenPort('--x', text)).toThrow('--x:');
  });

  it.each([
    ['192.0.2.1', '192.0.2.1/32'],
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['::/0', '::/0'],
  ])('%s is the range %s', (text, range) => {
    expect(parseCidr('--x', text)).toBe(range);
  });

  it('what a range was read as is read as itself', () => {
    const address = fc.oneof(fc.ipV4(), fc.ipV6());
    fc.assert(
      fc.property(address, (text) => {
        const range = parseCidr('--x', text);
        expect(parseCidr('--x', range)).toBe(range);
      }),
    );
  });
});

describe('tags', () => {
  const own = { tcompose: 'machine', 'tcompose-store': 's', 'tcompose-machine': 'web' };

  it('shared things belong to every machine of their store', () => {
    expect(matches(sharedTags(own), own)).toBe(true);
    expect(matches(own, own)).toBe(true);
    expect(matches({ ...own, 'tcompose-machine': 'db' }, own)).toBe(false);
    expect(matches({ ...own, 'tcompose-store': 't' }, own)).toBe(false);
  });

  it('names of machines survive as words of DigitalOcean', () => {
    const letters = fc.constantFrom('a', 'b', 'X', 'Z', '0', '9', '.', '-');
    const name = fc.array(letters, { minLength: 1, maxLength: 30 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(name, (machine) => {
        const tags = tagWords({ ...own, 'tcompose-machine': machine });
        for (const word of tags) expect(word).toMatch(/^[a-zA-Z0-9_\-:]+$/);
        const droplet = {
          id: 1,
          name: 'other',
          status: 'active' as const,
          created_at: '',
          size_slug: '',
          region: { slug: '' },
          image: {},
          networks: {},
          tags,
        };
        expect(instanceOf(droplet).name).toBe(machine);
      }),
    );
  });
});

describe('errors of EC2', () => {
  const place = { region: 'eu-west-1' };
  const named = (Code: string): Error => Object.assign(new Error('words'), { name: Code, Code });

  it.each([
    ['InvalidGroup.Duplicate', 'already-exists'],
    ['InvalidKeyPair.Duplicate', 'already-exists'],
    ['InvalidInstanceID.NotFound', 'not-found'],
    ['InvalidAMIID.NotFound', 'not-found'],
    ['DependencyViolation', 'in-use'],
    ['InvalidGroup.InUse', 'in-use'],
    ['InsufficientInstanceCapacity', 'capacity'],
    ['InsufficientFreeAddressesInSubnet', 'capacity'],
    ['InstanceLimitExceeded', 'capacity'],
    ['SecurityGroupLimitExceeded', 'capacity'],
    ['SpotMaxPriceTooLow', 'capacity'],
    ['RequestLimitExceeded', 'throttled'],
    ['Throttling', 'throttled'],
    ['UnauthorizedOperation', 'denied'],
    ['AuthFailure', 'denied'],
    ['ExpiredTokenException', 'denied'],
    ['InvalidParameterValue', 'invalid'],
    ['MissingParameter', 'invalid'],
    ['IdempotentParameterMismatch', 'invalid'],
    ['InternalError', 'failed'],
  ])('%s is %s', (code, kind) => {
    expect(ec2Failure(named(code), place)).toMatchObject({ kind, code, message: 'EC2: words' });
  });

  it('connections that fail are no answers', () => {
    const error = Object.assign(new Error('getaddrinfo ENOTFOUND ec2'), { code: 'ENOTFOUND' });
    expect(ec2Failure(error, place)).toMatchObject({ kind: 'unreachable', code: 'ENOTFOUND' });
  });

  it('missing credentials say what was tried', () => {
    const error = Object.assign(new Error('none'), { name: 'CredentialsProviderError' });
    const { kind, hint = '' } = ec2Failure(error, { ...place, profile: 'work' });
    expect(kind).toBe('no-credentials');
    for (const word of ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', '~/.aws/config', '"work"']) {
      expect(hint).toContain(word);
    }
  });

  it('a session that has ended is to be begun again', () => {
    const error = Object.assign(new Error('The SSO session has expired'), {
      name: 'CredentialsProviderError',
    });
    expect(ec2Failure(error, { ...place, profile: 'work' })).toMatchObject({
      kind: 'denied',
      hint: 'Log in again: aws sso login --profile work.',
    });
  });
});

describe('errors of DigitalOcean', () => {
  it.each([
    [401, 'Unable to authenticate you', 'denied'],
    [403, 'You are not authorized', 'denied'],
    [404, 'not found', 'not-found'],
    [409, 'duplicate name', 'already-exists'],
    [422, 'SSH Key is already in use on your account', 'already-exists'],
    [422, 'creating this would exceed your droplet limit', 'capacity'],
    [422, 'Region is not available', 'capacity'],
    [422, 'name is not valid', 'invalid'],
    [429, 'API Rate limit exceeded.', 'throttled'],
    [500, 'Server Error', 'failed'],
  ])('%i %s is %s', (status, message, kind) => {
    const body = JSON.stringify({ id: 'x', message });
    const error = answerFailure({ method: 'GET', path: '/v2/x', status, body });
    expect(error).toMatchObject({
      kind,
      message: `DigitalOcean: ${message}`,
      code: String(status),
    });
  });

  it('an answer without words is told by its number', () => {
    const answer = { method: 'GET', path: '/v2/x', status: 502, body: '<html>' };
    expect(answerFailure(answer).message).toBe('DigitalOcean: GET /v2/x was answered with 502');
  });

  it('finds keys by their fingerprint', () => {
    expect(fingerprintOf(PUBLIC_KEY)).toMatch(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
    expect(fingerprintOf(`${PUBLIC_KEY} more words\n`)).toBe(fingerprintOf(PUBLIC_KEY));
  });
});

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

  it('tags of the user’s cannot take the place of those by which things are found', () => {
    const tags = { team: 'web', Name: 'mine', 'tcompose-machine': 'other' };
    const input = runInput({ ...settings, tags }, ingredients, creation('web', {}));
    const [first] = input.TagSpecifications ?? [];
    const all = Object.fromEntries(first?.Tags?.map(({ Key, Value }) => [Key, Value]) ?? []);
    expect(all).toMatchObject({ team: 'web', Name: 'mine', 'tcompose-machine': 'web' });
  });

  it.each([
    ['web', { Name: 'web' }],
    ['arn:aws:iam::1:instance-profile/web', { Arn: 'arn:aws:iam::1:instance-profile/web' }],
  ])('the profile %s', (iamProfile, expected) => {
    const input = runInput({ ...settings, iamProfile }, ingredients, creation('web', {}));
    expect(input.IamInstanceProfile).toEqual(expected);
  });

  it('user data is encoded, and compressed when it is long', () => {
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
  ])('the image %s', (text, name) => {
    expect(parseImageName(text)).toEqual(name);
  });
});

describe('hosts that are there already', () => {
  it('generic: the address is the machine, and its power is not ours', async () => {
    const account = await generic.connect({ address: '192.0.2.1' }, providerContext({}));
    const instance = await account.create(creation('web', {}));
    expect(instance).toMatchObject({ name: 'web', state: 'Running', address: '192.0.2.1' });
    await expect(account.stop(instance.id, { force: true })).rejects.toMatchObject({
      message: 'generic driver does not support kill',
    });
    expect(await account.resources({})).toEqual([]);
    expect(await account.remove({ kind: 'instance', id: instance.id })).toBe(true);
  });

  it('generic: a key that is missing is told before anything is done', async () => {
    const settings = { address: 'h', sshKey: '/nonexistent' };
    const account = await generic.connect(settings, providerContext({}));
    await expect(account.check(creation('web', settings))).rejects.toMatchObject({
      message: expect.stringContaining('--generic-ssh-key: cannot read /nonexistent') as string,
    });
  });

  it.each(['tcp://192.0.2.1:2376', 'unix:///var/run/docker.sock', 'nowhere'])(
    'none: %s is kept as it is, and no address of a machine',
    async (url) => {
      const account = await none.connect({ url }, providerContext({}));
      const instance = await account.create(creation('x', { url }));
      expect(instance).toEqual({ id: url, name: 'x', state: 'Running', tags: {} });
    },
  );
});
