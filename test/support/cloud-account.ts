/**
 * Accounts at emulated clouds, each behind a proxy that records and breaks calls, with what the program needs to
 * reach them and with what is in them, whoever made it.
 */
import {
  CreateSecurityGroupCommand,
  CreateVpcCommand,
  EC2Client,
  ImportKeyPairCommand,
  RunInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { machineTags } from '../../src/providers/machine-tags.ts';
import { CloudProxy, digitaloceanError, ec2Error, type FaultRule } from './cloud-proxy.ts';
import { FAKE_TOKEN, FakeDigitalOcean, type FakeOptions } from './digitalocean.ts';
import { ec2Things } from './ec2-things.ts';
import { type Moto, startMoto } from './moto.ts';
import { OTHER_KEY } from './provider-bench.ts';

export interface CloudAccount extends AsyncDisposable {
  /** Name of the driver. */
  readonly driver: 'amazonec2' | 'digitalocean';
  readonly proxy: CloudProxy;
  /** Variables with which the program finds the cloud and its credentials. */
  readonly env: Readonly<Record<string, string>>;
  /** The answer to every call of somebody whose credentials have expired. */
  readonly expired: FaultRule;
  /** Flags of a create that makes something of every kind. */
  readonly flags: readonly string[];
  /** Name of the call that makes an instance. */
  readonly makes: string;
  /** An empty account, and no faults. */
  reset(): Promise<void>;
  /** Everything that costs money or stands in the way, sorted: `instance i-1`. */
  things(): Promise<string[]>;
  /** Ends an instance behind everybody's back. */
  end(id: string): Promise<void>;
  /** Makes things by hand that look like those of a store and are not; tells them as `things` does. */
  makeLookalikes(store: string): Promise<string[]>;
  /** An answer that refuses a call. */
  refusal(status: number, code: string, message: string): FaultRule['effect'];
}

export interface Ec2Account extends CloudAccount {
  readonly moto: Moto;
  /** Past the proxy. */
  readonly client: EC2Client;
}

export interface DigitalOceanAccount extends CloudAccount {
  readonly fake: FakeDigitalOcean;
}

/** Kinds of things, without what tells them apart. */
export const kindsOf = (things: readonly string[]): string[] =>
  things.map((thing) => thing.split(' ')[0] ?? '');

/** Starts moto and a proxy for this process; things are looked for in the one region. */
export async function startEc2Account(region = 'us-east-1'): Promise<Ec2Account> {
  const moto = await startMoto();
  const proxy = await CloudProxy.start(moto.url);
  const client = new EC2Client({
    region,
    endpoint: moto.url,
    credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
  });
  const common = { AWS_ENDPOINT_URL_EC2: proxy.url, AWS_EC2_METADATA_DISABLED: 'true' };
  return {
    driver: 'amazonec2',
    moto,
    proxy,
    client,
    env: { ...common, AWS_ACCESS_KEY_ID: 'testing', AWS_SECRET_ACCESS_KEY: 'testing' },
    expired: {
      call: /./,
      effect: ec2Error('ExpiredToken', 'The security token included in the request is expired'),
    },
    flags: ['--amazonec2-ssh-cidr', '198.51.100.7/32', '--amazonec2-open-port', '80'],
    makes: 'RunInstances',
    reset: async () => {
      proxy.reset();
      await moto.reset();
    },
    things: () => ec2Things(client),
    end: async (id) => {
      await client.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    },
    makeLookalikes: (store) => ec2Lookalikes(client, store),
    refusal: (status, code, message) => ec2Error(code, message, status),
    [Symbol.asyncDispose]: async () => {
      client.destroy();
      await proxy[Symbol.asyncDispose]();
      await moto[Symbol.asyncDispose]();
    },
  };
}

/** Starts the fake and a proxy for this process; `spec` is the description of the API (`digitaloceanSpec`). */
export async function startDigitalOceanAccount(
  spec: string,
  options: FakeOptions = {},
): Promise<DigitalOceanAccount> {
  const fake = await FakeDigitalOcean.start(spec, options);
  const proxy = await CloudProxy.start(fake.url);
  return {
    driver: 'digitalocean',
    fake,
    proxy,
    env: { DIGITALOCEAN_TOKEN: FAKE_TOKEN, DIGITALOCEAN_API_URL: proxy.url },
    expired: { call: /./, effect: digitaloceanError(401, 'Unable to authenticate you') },
    flags: [
      '--digitalocean-ssh-cidr',
      '198.51.100.7/32',
      '--digitalocean-open-port',
      '80',
      '--digitalocean-project',
      'Staging',
    ],
    makes: 'POST /v2/droplets',
    reset: () => {
      proxy.reset();
      fake.reset(options);
      return Promise.resolve();
    },
    things: () =>
      Promise.resolve(
        [
          ...[...fake.droplets.values()].map(({ id }) => `instance ${id}`),
          ...[...fake.keys.values()].map(({ id }) => `ssh-key ${id}`),
          ...[...fake.firewalls.values()].map(({ id }) => `firewall ${id}`),
        ].toSorted(),
      ),
    end: (id) => {
      fake.droplets.delete(Number(id));
      return Promise.resolve();
    },
    makeLookalikes: (store) => digitaloceanLookalikes(fake, store),
    refusal: (status, _code, message) => digitaloceanError(status, message),
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await fake[Symbol.asyncDispose]();
    },
  };
}

/** Names like those of a store, in another VPC or without its tags; its tags without a machine, or of another store. */
async function ec2Lookalikes(client: EC2Client, store: string): Promise<string[]> {
  const { Vpc } = await client.send(new CreateVpcCommand({ CidrBlock: '10.9.0.0/16' }));
  const { GroupId } = await client.send(
    new CreateSecurityGroupCommand({
      GroupName: `tcompose-${store}`,
      Description: 'by hand',
      VpcId: Vpc?.VpcId,
    }),
  );
  const { KeyPairId } = await client.send(
    new ImportKeyPairCommand({
      KeyName: `tcompose-${store}-web-00000000`,
      PublicKeyMaterial: Buffer.from(OTHER_KEY),
    }),
  );
  const instances = [
    machineTags('0123456789abcdef', 'web'),
    machineTags(store),
    { ...machineTags(store, 'web'), 'tcompose-store': `${store} ` },
  ].map(async (tags) => {
    const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
    const { Instances = [] } = await client.send(
      new RunInstancesCommand({
        MinCount: 1,
        MaxCount: 1,
        ImageId: 'ami-0abc2404000000003',
        TagSpecifications: [{ ResourceType: 'instance', Tags }],
      }),
    );
    return `instance ${Instances[0]?.InstanceId}`;
  });
  return [`security-group ${GroupId}`, `key-pair ${KeyPairId}`, ...(await Promise.all(instances))];
}

async function digitaloceanLookalikes(fake: FakeDigitalOcean, store: string): Promise<string[]> {
  const make = async (path: string, body: object): Promise<Record<string, { id: unknown }>> => {
    const headers = { authorization: `Bearer ${FAKE_TOKEN}`, 'content-type': 'application/json' };
    const sent = { method: 'POST', headers, body: JSON.stringify(body) };
    const answer = await fetch(`${fake.url}${path}`, sent);
    return (await answer.json()) as Record<string, { id: unknown }>;
  };
  const droplets = [
    ['tcompose', 'tcompose-store:0123456789abcdef', 'tcompose-machine:web'],
    ['tcompose', `tcompose-store:${store}`],
    ['tcompose-machine:web', `tcompose-store:${store}x`],
  ].map(async (tags) => {
    const image = 'debian-13-x64';
    const body = { name: 'web', region: 'nyc3', size: 's-1vcpu-1gb', image, tags };
    return `instance ${String((await make('/v2/droplets', body))['droplet']?.id)}`;
  });
  const key = await make('/v2/account/keys', {
    name: `tcompose-${store}x:web`,
    public_key: OTHER_KEY,
  });
  const firewall = await make('/v2/firewalls', {
    name: `tcompose-${store}x`,
    inbound_rules: [{ protocol: 'tcp', ports: '22', sources: { addresses: ['192.0.2.1/32'] } }],
  });
  return [
    `ssh-key ${String(key['ssh_key']?.id)}`,
    `firewall ${String(firewall['firewall']?.id)}`,
    ...(await Promise.all(droplets)),
  ];
}
