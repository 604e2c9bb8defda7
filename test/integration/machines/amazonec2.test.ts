import {
  CreateSecurityGroupCommand,
  DeleteVpcCommand,
  DescribeSecurityGroupsCommand,
  DescribeSubnetsCommand,
  DescribeVolumesCommand,
  DescribeVpcsCommand,
  EC2Client,
  ImportKeyPairCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { amazonec2 } from '../../../src/providers/amazonec2/amazonec2.ts';
import type { Account, ProviderFlagValues } from '../../../src/providers/provider.ts';
import { CloudProxy, ec2Error } from '../../support/cloud-proxy.ts';
import { type Moto, startMoto } from '../../support/moto.ts';
import {
  creation,
  memoryCaller,
  OTHER_KEY,
  PUBLIC_KEY,
  providerBench,
  providerContext,
  settingsFrom,
  STORE_TAGS,
} from '../../support/provider-bench.ts';

const KEYS = { AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' };

describe('EC2', () => {
  let moto: Moto;
  let proxy: CloudProxy;
  let direct: EC2Client;

  beforeAll(async () => {
    moto = await startMoto();
    proxy = await CloudProxy.start(moto.url);
    direct = new EC2Client({
      region: 'us-east-1',
      endpoint: moto.url,
      credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
    });
  });
  afterAll(async () => {
    direct?.destroy();
    await proxy?.[Symbol.asyncDispose]();
    await moto?.[Symbol.asyncDispose]();
  });
  beforeEach(async () => {
    await moto.reset();
    proxy.reset();
  });

  const environment = (): Record<string, string> => ({
    ...KEYS,
    AWS_ENDPOINT_URL_EC2: proxy.url,
  });
  const { open, create, removeAll } = providerBench(amazonec2, environment, {
    'amazonec2-retries': 1,
  });
  /** Form of the only call of RunInstances that made something. */
  const runForm = (): URLSearchParams => {
    const forms = proxy.calls
      .filter(({ name }) => name === 'RunInstances')
      .map(({ body }) => new URLSearchParams(body))
      .filter((form) => form.get('DryRun') !== 'true');
    expect(forms).toHaveLength(1);
    return forms[0] ?? new URLSearchParams();
  };
  const groups = async (...names: string[]) => {
    const Filters = [{ Name: 'group-name', Values: names }];
    return (await direct.send(new DescribeSecurityGroupsCommand({ Filters }))).SecurityGroups ?? [];
  };
  const kinds = async (account: Account): Promise<string[]> =>
    (await account.resources(STORE_TAGS)).map(({ kind }) => kind);

  it('makes an instance of the newest Ubuntu LTS with today’s defaults, everything tagged', async () => {
    const { instance, request, account } = await create();
    expect(instance).toMatchObject({
      name: 'web.one',
      state: 'Running',
      region: 'us-east-1',
      size: 't3.small',
      image: 'ami-0abc2404000000003',
      tags: { ...STORE_TAGS, 'tcompose-machine': 'web.one', Name: 'web.one' },
    });
    expect(instance.address).toMatch(/^54\./);
    const form = runForm();
    const fields = Object.fromEntries(form);
    expect(fields).toMatchObject({
      'MetadataOptions.HttpTokens': 'required',
      'BlockDeviceMapping.1.DeviceName': '/dev/sda1',
      'BlockDeviceMapping.1.Ebs.VolumeType': 'gp3',
      'BlockDeviceMapping.1.Ebs.Encrypted': 'true',
      'BlockDeviceMapping.1.Ebs.VolumeSize': '16',
      'NetworkInterface.1.AssociatePublicIpAddress': 'true',
    });
    expect(form.get('ClientToken')).toMatch(/^[0-9a-f]{64}$/);
    expect(Buffer.from(form.get('UserData') ?? '', 'base64').toString()).toBe(
      '#cloud-config\n{}\n',
    );
    const types = [1, 2, 3].map((n) => form.get(`TagSpecification.${n}.ResourceType`));
    expect(types).toEqual(['instance', 'volume', 'network-interface']);
    const Filters = [{ Name: 'tag:tcompose-machine', Values: ['web.one'] }];
    const volumes = await direct.send(new DescribeVolumesCommand({ Filters }));
    expect(volumes.Volumes).toMatchObject([{ Encrypted: true, VolumeType: 'gp3', Size: 16 }]);
    expect(request.lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      'intend key-pair',
      'made key-pair',
      'intend security-group',
      'made security-group',
      'intend instance',
      'made instance',
    ]);
    expect(await kinds(account)).toEqual(['instance', 'key-pair', 'security-group']);
  });

  it('lets only this computer in by SSH, and WireGuard from everywhere', async () => {
    await create();
    const [group] = await groups('tcompose-s7');
    expect(group?.IpPermissions).toMatchObject([
      {
        IpProtocol: 'udp',
        FromPort: 51820,
        IpRanges: [{ CidrIp: '0.0.0.0/0' }],
        Ipv6Ranges: [{ CidrIpv6: '::/0' }],
      },
      { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: '198.51.100.7/32' }] },
    ]);
  });

  it('passes on everything that flags ask for', async () => {
    await create({
      'amazonec2-ami': 'debian-13',
      'amazonec2-instance-type': 't4g.medium',
      'amazonec2-zone': 'c',
      'amazonec2-root-size': 40,
      'amazonec2-volume-type': 'gp2',
      'amazonec2-encrypt-ebs-volume': false,
      'amazonec2-http-tokens': 'optional',
      'amazonec2-monitoring': true,
      'amazonec2-use-ebs-optimized-instance': true,
      'amazonec2-request-spot-instance': true,
      'amazonec2-spot-price': '0.05',
      'amazonec2-tags': 'team,web,cost,42',
      'amazonec2-open-port': ['443', '8000-8100/udp'],
      'amazonec2-ssh-cidr': ['192.0.2.0/24', '2001:db8::/32'],
      'amazonec2-ssh-port': 2222,
    });
    const fields = Object.fromEntries(runForm());
    expect(fields).toMatchObject({
      ImageId: 'ami-0deb1300000000002',
      InstanceType: 't4g.medium',
      'Placement.AvailabilityZone': 'us-east-1c',
      'BlockDeviceMapping.1.DeviceName': '/dev/xvda',
      'BlockDeviceMapping.1.Ebs.VolumeType': 'gp2',
      'BlockDeviceMapping.1.Ebs.VolumeSize': '40',
      'MetadataOptions.HttpTokens': 'optional',
      'Monitoring.Enabled': 'true',
      EbsOptimized: 'true',
      'InstanceMarketOptions.MarketType': 'spot',
      'InstanceMarketOptions.SpotOptions.MaxPrice': '0.05',
      'InstanceMarketOptions.SpotOptions.SpotInstanceType': 'one-time',
    });
    expect(fields).not.toHaveProperty('BlockDeviceMapping.1.Ebs.Encrypted');
    expect(Object.values(fields)).toEqual(expect.arrayContaining(['team', 'cost', '42']));
    const [shared, own] = await groups('tcompose-s7', 'tcompose-s7-web.one');
    const ssh = shared?.IpPermissions?.find(({ FromPort }) => FromPort === 2222);
    expect(ssh).toMatchObject({
      IpRanges: [{ CidrIp: '192.0.2.0/24' }],
      Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }],
    });
    expect(own?.IpPermissions).toMatchObject([
      { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 },
      { IpProtocol: 'udp', FromPort: 8000, ToPort: 8100 },
    ]);
  });

  it('reaches an instance by its private address on request', async () => {
    const { instance } = await create({ 'amazonec2-private-address-only': true });
    expect(instance.address).toMatch(/^(172|10)\./);
    expect(runForm().get('NetworkInterface.1.AssociatePublicIpAddress')).toBe('false');
  });

  it('uses a foreign group and an existing key pair as they are', async () => {
    const { Vpcs = [] } = await direct.send(new DescribeVpcsCommand({}));
    const VpcId = Vpcs[0]?.VpcId ?? '';
    const input = { GroupName: 'theirs', Description: 'x', VpcId };
    const { GroupId = '' } = await direct.send(new CreateSecurityGroupCommand(input));
    const material = { KeyName: 'mine', PublicKeyMaterial: Buffer.from(PUBLIC_KEY) };
    await direct.send(new ImportKeyPairCommand(material));
    const { account } = await create({
      'amazonec2-security-group': ['theirs'],
      'amazonec2-keypair-name': 'mine',
      'amazonec2-ssh-keypath': '/home/me/.ssh/id',
    });
    expect(runForm().get('NetworkInterface.1.SecurityGroupId.1')).toBe(GroupId);
    expect(runForm().get('KeyName')).toBe('mine');
    expect((await groups('theirs'))[0]?.IpPermissions).toEqual([]);
    expect(await kinds(account)).toEqual(['instance']);
    await expect(account.remove({ kind: 'security-group', id: GroupId })).rejects.toMatchObject({
      message: 'the security group theirs was not made by tcompose and is left alone',
    });
    await expect(account.remove({ kind: 'key-pair', id: 'mine' })).rejects.toMatchObject({
      kind: 'invalid',
    });
  });

  it('makes no group with --amazonec2-security-group-readonly', async () => {
    const { account } = await create({ 'amazonec2-security-group-readonly': true });
    expect(await kinds(account)).toEqual(['instance', 'key-pair']);
    expect([...runForm().keys()].filter((key) => key.includes('SecurityGroup'))).toEqual([]);
  });

  it('makes a group that flags name and that is missing, and removes it with the last machine', async () => {
    const { account } = await create({ 'amazonec2-security-group': ['ours'] });
    expect((await groups('ours'))[0]?.IpPermissions).toHaveLength(2);
    await removeAll(account, 'web.one');
    expect(await groups('ours')).toEqual([]);
  });

  it('makes nothing twice when it is called again', async () => {
    const first = await create();
    const second = await create();
    expect(second.instance.id).toBe(first.instance.id);
    expect(proxy.names().filter((name) => name === 'RunInstances')).toHaveLength(1);
    expect(await kinds(first.account)).toEqual(['instance', 'key-pair', 'security-group']);
  });

  it('a machine of the same name after the first one has ended is a new one', async () => {
    const first = await create();
    await first.account.remove({ kind: 'instance', id: first.instance.id });
    const second = await create();
    expect(second.instance.id).not.toBe(first.instance.id);
    expect(second.instance.state).toBe('Running');
  });

  it('shares the group of a store, in which the rule of this computer follows it and those of others stay', async () => {
    await create({}, 'first');
    const elsewhere = (address: string) => ({ ownAddress: () => Promise.resolve(address) });
    const colleague = await open({}, { ...elsewhere('203.0.113.4'), caller: memoryCaller('b0b') });
    await colleague.account.admit?.(STORE_TAGS);
    const { settings, account } = await open({}, elsewhere('192.0.2.9'));
    await account.create(creation('second', settings, { publicKey: OTHER_KEY }));
    const [group, ...more] = await groups('tcompose-s7');
    expect(more).toEqual([]);
    const ranges = group?.IpPermissions?.filter(({ FromPort }) => FromPort === 22).flatMap(
      ({ IpRanges = [] }) => IpRanges,
    );
    expect(ranges).toEqual([
      { CidrIp: '203.0.113.4/32', Description: 'tcompose: SSH from computer b0b' },
      { CidrIp: '192.0.2.9/32', Description: 'tcompose: SSH from computer 0123456789ab' },
    ]);
  });

  it('lets this computer in from another address when it is asked to', async () => {
    await create({}, 'first');
    const { account } = await open({}, { ownAddress: () => Promise.resolve('192.0.2.9') });
    expect(await account.admit?.(STORE_TAGS)).toEqual({
      ranges: ['192.0.2.9/32'],
      changed: true,
      removed: ['198.51.100.7/32'],
      remarks: [],
    });
    expect(await account.admit?.(STORE_TAGS)).toMatchObject({ changed: false });
  });

  it('two creates at once share what they share', async () => {
    const { settings, account } = await open();
    const [a, b] = await Promise.all([
      account.create(creation('a', settings)),
      account.create(creation('b', settings, { publicKey: OTHER_KEY })),
    ]);
    expect(a?.id).not.toBe(b?.id);
    expect(await groups('tcompose-s7')).toHaveLength(1);
  });

  it('lists with one call, describes, stops, starts and restarts', async () => {
    const { account, instance } = await create({}, 'a');
    await create({}, 'b');
    proxy.reset();
    expect((await account.list(STORE_TAGS)).map(({ name }) => name).sort()).toEqual(['a', 'b']);
    expect(proxy.names()).toEqual(['DescribeInstances']);
    expect(await account.list({ 'tcompose-store': 'other' })).toEqual([]);
    await account.stop(instance.id, { force: false });
    expect((await account.describe(instance.id))?.state).toBe('Stopped');
    await account.start(instance.id);
    const again = await account.describe(instance.id);
    expect(again?.state).toBe('Running');
    expect(again?.address).not.toBe(instance.address);
    await account.restart(instance.id);
    await account.stop(instance.id, { force: true });
    expect(await account.describe('i-0123456789abcdef0')).toBeUndefined();
  });

  it('removes everything with the last machine, and what is shared not before', async () => {
    const { account } = await create({ 'amazonec2-open-port': ['80'] }, 'a');
    const other = await open();
    await other.account.create(creation('b', other.settings, { publicKey: OTHER_KEY }));
    await removeAll(account, 'a');
    expect(await account.resources(STORE_TAGS)).toMatchObject([
      { kind: 'instance', machine: 'b' },
      { kind: 'key-pair', machine: 'b' },
      { kind: 'security-group', title: expect.stringContaining('tcompose-s7 ') as string },
    ]);
    await removeAll(account, 'b');
    expect(await account.resources(STORE_TAGS)).toEqual([]);
    expect(await groups('tcompose-s7', 'tcompose-s7-a')).toEqual([]);
    expect(await account.remove({ kind: 'instance', id: 'i-0123456789abcdef0' })).toBe(true);
    expect(await account.remove({ kind: 'volume', id: 'vol-0123456789abcdef0' })).toBe(true);
    expect(await account.remove({ kind: 'key-pair', id: 'key-0123' })).toBe(true);
    expect(await account.remove({ kind: 'security-group', id: 'sg-0123' })).toBe(true);
  });

  it('offers regions, zones, sizes and images', async () => {
    const { account } = await open({ 'amazonec2-instance-type': 't4g.small' });
    expect((await account.choices('regions')).map(({ value }) => value)).toContain('eu-west-1');
    expect((await account.choices('zones'))[0]).toEqual({
      value: 'a',
      summary: 'us-east-1a (available)',
    });
    expect(await account.choices('sizes')).toContainEqual({
      value: 't3.small',
      summary: '2 vCPU, 2 GiB, x86_64',
    });
    expect((await account.choices('images')).map(({ value }) => value)).toEqual([
      'ami-0deb1200000000002',
      'ami-0deb1300000000002',
      'ami-0abc2404000000002',
    ]);
  });

  describe('credentials', () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), 'tcompose-aws-'));
      writeFileSync(
        join(folder, 'credentials'),
        '[work]\naws_access_key_id = AKIDWORK\naws_secret_access_key = hush\n',
      );
      const made = JSON.stringify({ Version: 1, AccessKeyId: 'AKIDMADE', SecretAccessKey: 'hush' });
      writeFileSync(
        join(folder, 'config'),
        `[profile made]\ncredential_process = echo '${made}'\n`,
      );
      vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', join(folder, 'credentials'));
      vi.stubEnv('AWS_CONFIG_FILE', join(folder, 'config'));
      vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
    });
    afterEach(() => {
      vi.unstubAllEnvs();
      rmSync(folder, { recursive: true });
    });

    const withProfile = async (profile: string | undefined, more: Record<string, string> = {}) => {
      const given = profile === undefined ? {} : { 'amazonec2-profile': profile };
      const env = {
        AWS_ENDPOINT_URL_EC2: proxy.url,
        AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
        ...more,
      };
      const settings = settingsFrom(amazonec2, given);
      const account = await amazonec2.connect(settings, providerContext(env));
      await account.list(STORE_TAGS);
      return / Credential=([^/]+)/.exec(proxy.calls.at(-1)?.authorization ?? '')?.[1];
    };

    it('are those of a profile, from files or a program', async () => {
      expect(await withProfile('work')).toBe('AKIDWORK');
      expect(await withProfile('made')).toBe('AKIDMADE');
      expect(await withProfile(undefined, { AWS_PROFILE: 'work' })).toBe('AKIDWORK');
    });

    it('are those of the environment, unless a profile is asked for', async () => {
      expect(await withProfile(undefined, KEYS)).toBe('testing');
      expect(await withProfile('work', KEYS)).toBe('AKIDWORK');
    });

    it('that are nowhere are told with where they were looked for', async () => {
      await expect(withProfile('play')).rejects.toMatchObject({
        kind: 'no-credentials',
        hint: expect.stringContaining(`the profile "play" of ${folder}/credentials`) as string,
      });
    });
  });

  describe('before anything is made', () => {
    const check = async (given: ProviderFlagValues, changes = {}) => {
      const { settings, account } = await open(given, changes);
      await account.check(creation('web', settings));
    };

    it('is content with the defaults and makes nothing', async () => {
      await check({});
      const changing = proxy.names().filter((name) => !name.startsWith('Describe'));
      expect(changing).toEqual(['RunInstances']);
      expect(proxy.calls.at(-1)?.answer).toContain('DryRunOperation');
      const { account } = await open();
      expect(await account.resources(STORE_TAGS)).toEqual([]);
    });

    it.each([
      [{ 'amazonec2-region': 'eu-wset-1' }, 'there is no region', 'Did you mean eu-west-1?'],
      [{ 'amazonec2-instance-type': 't3.smal' }, 'there is no instance type', 'mean t3.small?'],
      [{ 'amazonec2-ami': 'ami-0123456789abcdef0' }, 'is not in us-east-1', 'its own images'],
      [{ 'amazonec2-ami': 'debian-19' }, 'there is no image "debian-19"', 'debian-13'],
      [{ 'amazonec2-ami': 'Windows' }, '"Windows" is no image', 'ubuntu-24.04'],
      [
        { 'amazonec2-ami': 'ami-0deb1300000000002' },
        'is for arm64, and t3.small is x86_64',
        't4g: arm64',
      ],
      [{ 'amazonec2-zone': 'q' }, 'has no subnet in the zone us-east-1q', 'us-east-1a'],
      [{ 'amazonec2-subnet-id': 'subnet-012' }, 'there is no subnet subnet-012', undefined],
      [
        { 'amazonec2-security-group': ['defalt'], 'amazonec2-security-group-readonly': true },
        'there is no security group',
        'Did you mean default?',
      ],
      [
        { 'amazonec2-keypair-name': 'mine', 'amazonec2-ssh-keypath': 'package.json' },
        'there is no key pair "mine"',
        'There is none in us-east-1.',
      ],
      [{ 'amazonec2-userdata': '/nonexistent' }, 'cannot read /nonexistent', 'working directory'],
    ])('refuses %j', async (given, message, hint) => {
      await expect(check(given)).rejects.toMatchObject({
        message: expect.stringContaining(message) as string,
        hint: hint === undefined ? undefined : (expect.stringContaining(hint) as string),
      });
    });

    it('refuses user data that is too long even when it is compressed', async () => {
      const { settings, account } = await open();
      const noise = Array.from({ length: 9000 }, (_, n) => ((n * 7919) % 104_729).toString(36));
      const request = creation('web', settings, { userData: noise.join('') });
      await expect(account.check(request)).rejects.toMatchObject({
        message: expect.stringMatching(/user data has \d+ bytes, .* no more than 16384/) as string,
      });
      const plain = creation('web', settings, { userData: '#cloud-config\n'.repeat(3000) });
      await account.check(plain);
    });

    it('says how to get a VPC where the account has no default one', async () => {
      const { Vpcs = [] } = await direct.send(new DescribeVpcsCommand({}));
      const Filters = [{ Name: 'vpc-id', Values: [Vpcs[0]?.VpcId ?? ''] }];
      expect((await direct.send(new DescribeSubnetsCommand({ Filters }))).Subnets).not.toEqual([]);
      await direct.send(new DeleteVpcCommand({ VpcId: Vpcs[0]?.VpcId ?? '' }));
      await expect(check({})).rejects.toMatchObject({
        message: 'the account has no default VPC in us-east-1',
        hint: expect.stringContaining('aws ec2 create-default-vpc') as string,
      });
    });

    it('needs no own address where groups are there already', async () => {
      const nowhere = { ownAddress: () => Promise.resolve(undefined) };
      await check({ 'amazonec2-security-group': ['default'] }, nowhere);
    });

    it('asks for --amazonec2-ssh-cidr where the own address cannot be told', async () => {
      await expect(
        check({}, { ownAddress: () => Promise.resolve(undefined) }),
      ).rejects.toMatchObject({
        kind: 'invalid',
        hint: expect.stringContaining('--amazonec2-ssh-cidr') as string,
      });
    });
  });

  describe('when the cloud fails', () => {
    it.each([
      ['RequestLimitExceeded', 503, 'throttled', 'too many calls'],
      ['InsufficientInstanceCapacity', 500, 'capacity', '--amazonec2-zone'],
      ['VcpuLimitExceeded', 400, 'capacity', 'higher quota'],
      ['InvalidAMIID.NotFound', 400, 'not-found', undefined],
      ['UnauthorizedOperation', 403, 'denied', 'docs/providers.md'],
      ['RequestExpired', 400, 'denied', 'have expired'],
      ['ExpiredToken', 400, 'denied', 'have expired'],
      ['AuthFailure', 401, 'denied', 'AWS_ACCESS_KEY_ID'],
      ['InternalError', 500, 'failed', undefined],
    ])('%s of RunInstances is told as what it is', async (code, status, kind, hint) => {
      proxy.fault({ call: 'RunInstances', effect: ec2Error(code, 'the words of EC2', status) });
      const { settings, account } = await open({ 'amazonec2-retries': 0 });
      const request = creation('web', settings);
      await expect(account.create(request)).rejects.toMatchObject({
        kind,
        code,
        message: 'EC2: the words of EC2',
        hint: hint === undefined ? undefined : (expect.stringContaining(hint) as string),
      });
      expect(request.lines.at(-1)).toBe('intend instance token-web');
      expect(await kinds(account)).toEqual(['key-pair', 'security-group']);
    });

    it.each([
      ['throttling', ec2Error('RequestLimitExceeded', 'slow down', 503)],
      ['an internal error', ec2Error('InternalError', 'oops', 500)],
      ['a connection that is cut before the call arrives', { type: 'cut' } as const],
      ['a connection that is cut after the call was accepted', { type: 'cut-after' } as const],
    ])('%s is tried again, and one instance is made', async (_, effect) => {
      proxy.fault({ call: 'RunInstances', times: 1, effect });
      const { account, instance } = await create();
      const all = await account.list(STORE_TAGS);
      expect(all.map(({ id }) => id)).toEqual([instance.id]);
      expect(proxy.names().filter((name) => name === 'RunInstances')).toHaveLength(2);
    });

    it('an instance whose creation was accepted but not answered is found by the next create', async () => {
      proxy.fault({ call: 'RunInstances', times: 1, effect: { type: 'cut-after' } });
      await expect(create({ 'amazonec2-retries': -1 })).rejects.toMatchObject({
        kind: 'unreachable',
      });
      proxy.reset();
      const { account, instance } = await create();
      expect((await account.list(STORE_TAGS)).map(({ id }) => id)).toEqual([instance.id]);
      expect(proxy.names()).not.toContain('RunInstances');
    });

    it.each(['ImportKeyPair', 'CreateSecurityGroup'])(
      '%s that is a duplicate because its first answer was lost is read',
      async (call) => {
        proxy.fault({ call, times: 1, effect: { type: 'cut-after' } });
        const { account, request } = await create();
        expect(await kinds(account)).toEqual(['instance', 'key-pair', 'security-group']);
        expect(request.lines.filter((line) => line.startsWith('made '))).toHaveLength(3);
      },
    );

    it.each(['ImportKeyPair', 'CreateSecurityGroup', 'AuthorizeSecurityGroupIngress'])(
      '%s that is throttled or fails with 500 is made once in the end',
      async (call) => {
        proxy.fault({ call, times: 1, effect: ec2Error('RequestLimitExceeded', 'slow down', 503) });
        proxy.fault({ call, times: 1, effect: ec2Error('InternalError', 'oops', 500) });
        const { account } = await create({ 'amazonec2-retries': 3 });
        expect(await kinds(account)).toEqual(['instance', 'key-pair', 'security-group']);
      },
    );

    it('rules that are there already are what was wanted', async () => {
      proxy.fault({
        call: 'AuthorizeSecurityGroupIngress',
        effect: ec2Error('InvalidPermission.Duplicate', 'already exists'),
      });
      await create();
    });

    it('waits for an instance that EC2 does not know yet', async () => {
      proxy.fault({
        call: 'DescribeInstances',
        after: 1,
        times: 3,
        effect: ec2Error('InvalidInstanceID.NotFound', 'The instance ID does not exist'),
      });
      expect((await create()).instance.state).toBe('Running');
    });

    it('an instance that never gets an address is given up and can be found', async () => {
      const { settings, account } = await open();
      proxy.fault({
        call: 'DescribeInstances',
        after: 1,
        effect: {
          type: 'answer',
          status: 200,
          body: `<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><instanceState><code>0</code><name>pending</name></instanceState></item></instancesSet></item></reservationSet></DescribeInstancesResponse>`,
        },
      });
      const request = creation('web', settings);
      await expect(account.create(request)).rejects.toMatchObject({
        message: expect.stringContaining('has got no address within 5 minutes') as string,
      });
      expect(request.lines.at(-1)).toMatch(/^made instance i-/);
      proxy.reset();
      expect(await kinds(account)).toEqual(['instance', 'key-pair', 'security-group']);
    });

    it('an instance that EC2 ends at once is told with its reason', async () => {
      const { settings, account } = await open();
      proxy.fault({
        call: 'DescribeInstances',
        after: 1,
        effect: {
          type: 'answer',
          status: 200,
          body: `<DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><reservationSet><item><instancesSet><item><instanceId>i-1</instanceId><instanceState><code>48</code><name>terminated</name></instanceState><stateReason><code>Server.InsufficientInstanceCapacity</code><message>no room</message></stateReason></item></instancesSet></item></reservationSet></DescribeInstancesResponse>`,
        },
      });
      await expect(account.create(creation('web', settings))).rejects.toMatchObject({
        kind: 'capacity',
        message: expect.stringContaining('has ended: no room') as string,
      });
    });

    it('an instance that somebody ended meanwhile counts as removed', async () => {
      const { account, instance } = await create();
      await direct.send(new TerminateInstancesCommand({ InstanceIds: [instance.id] }));
      expect(await account.describe(instance.id)).toBeUndefined();
      expect(await account.remove({ kind: 'instance', id: instance.id })).toBe(true);
    });

    it('a group that others still use stays', async () => {
      const { account } = await create();
      const [group] = await groups('tcompose-s7');
      await direct.send(
        new RunInstancesCommand({
          MinCount: 1,
          MaxCount: 1,
          ImageId: 'ami-0abc2404000000003',
          SecurityGroupIds: [group?.GroupId ?? ''],
        }),
      );
      await removeAll(account, 'web.one');
      expect(await groups('tcompose-s7')).toHaveLength(1);
    });

    it('stops at once when it is interrupted', async () => {
      const controller = new AbortController();
      proxy.fault({
        call: 'RunInstances',
        effect: { type: 'observe', run: () => controller.abort(new Error('interrupted')) },
      });
      const { settings, account } = await open({}, { signal: controller.signal });
      await expect(account.create(creation('web', settings))).rejects.toThrow('interrupted');
    });

    it('a secret is in no error', async () => {
      proxy.fault({
        call: 'DescribeInstances',
        effect: ec2Error('AuthFailure', 'AWS was not able to validate', 401),
      });
      const env = {
        ...environment(),
        AWS_SECRET_ACCESS_KEY: 'hushhush',
        AWS_SESSION_TOKEN: 'tok3n',
      };
      const settings = settingsFrom(amazonec2, { 'amazonec2-retries': 0 });
      const account = await amazonec2.connect(settings, providerContext(env));
      const error = (await account.list(STORE_TAGS).catch((reason: unknown) => reason)) as Error;
      expect(error).toMatchObject({ kind: 'denied' });
      const shown = `${error.message} ${error.stack ?? ''} ${JSON.stringify(error)}`;
      expect(shown).not.toMatch(/hushhush|tok3n/);
      expect(JSON.stringify(settings)).not.toMatch(/hushhush|tok3n/);
    });
  });
});
