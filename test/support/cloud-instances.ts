/**
 * Instances of emulated clouds that really run: hosts (hosts.ts) at the addresses that the cloud hands out, which are
 * stopped, started, moved and removed as the cloud says, and set up by the real cloud-init from the user data and keys
 * that the cloud was given.
 *
 *     const instances = await CloudInstances.start(hosts, ec2Source(moto.url));
 *     … create a machine at that cloud, reach it by SSH …
 *     await instances.close();
 */
import { setTimeout as delay } from 'node:timers/promises';
import {
  DescribeInstanceAttributeCommand,
  DescribeInstancesCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import type { FakeDigitalOcean } from './digitalocean.ts';
import type { HostImage, TestHosts } from './hosts.ts';
import type { TestHost } from './test-host.ts';

/** What is in the image of instances besides what all hosts have. */
export const INSTANCE_PACKAGES = ['cloud-init', 'locales'];

/** Milliseconds between looks at the cloud, which tells nobody by itself. */
const INTERVAL = 150;

/** An instance as its cloud sees it. */
export interface CloudInstance {
  readonly id: string;
  readonly state: 'running' | 'stopped';
  readonly address: string;
}

/** What an instance gets at its first boot. */
export interface Seed {
  readonly name: string;
  /** OpenSSH public keys to let in. */
  readonly keys: readonly string[];
  readonly userData: string;
  /** Who is let in: the user that images of the cloud have. */
  readonly user: string;
}

/** A cloud that is looked at. */
export interface CloudSource {
  list(): Promise<readonly CloudInstance[]>;
  seed(id: string): Promise<Seed>;
}

export interface CloudInstancesOptions {
  /** What instances run; default `bookworm`. */
  readonly image?: HostImage;
  /** False: only keys for root are put in, no cloud-init runs. */
  readonly cloudInit?: boolean;
}

/** Keeps hosts as a cloud's instances are. */
export class CloudInstances implements AsyncDisposable {
  readonly #hosts: TestHosts;
  readonly #source: CloudSource;
  readonly #options: CloudInstancesOptions;
  readonly #running = new Map<string, TestHost>();
  readonly #states = new Map<string, CloudInstance>();
  readonly #ending = new AbortController();
  #work: Promise<void> = Promise.resolve();
  /** Why the last look failed; tests that wait for a host say it. */
  failure: unknown;

  private constructor(hosts: TestHosts, source: CloudSource, options: CloudInstancesOptions) {
    this.#hosts = hosts;
    this.#source = source;
    this.#options = options;
  }

  /** Makes the image and begins to look. */
  static async start(
    hosts: TestHosts,
    source: CloudSource,
    options: CloudInstancesOptions = {},
  ): Promise<CloudInstances> {
    const instances = new CloudInstances(hosts, source, options);
    await hosts.image(options.image, instances.#packages());
    instances.#work = instances.#follow();
    return instances;
  }

  /** The host of an instance, once it runs; undefined while there is none. */
  host(id: string): TestHost | undefined {
    return this.#running.get(id);
  }

  /** All hosts by the ids of their instances. */
  get hosts(): ReadonlyMap<string, TestHost> {
    return this.#running;
  }

  /** Stops looking and removes the hosts. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#work;
    for (const host of this.#running.values()) await host.remove();
    this.#running.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #follow(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      try {
        await this.#look();
        this.failure = undefined;
      } catch (error) {
        this.failure = error;
      }
      await delay(INTERVAL, undefined, { signal }).catch(() => undefined);
    }
  }

  async #look(): Promise<void> {
    const instances = await this.#source.list();
    const there = new Set(instances.map(({ id }) => id));
    for (const [id, host] of this.#running) {
      if (there.has(id)) continue;
      this.#running.delete(id);
      this.#states.delete(id);
      await host.remove();
    }
    await Promise.all(instances.map((instance) => this.#follows(instance)));
  }

  async #follows(instance: CloudInstance): Promise<void> {
    const { id, state, address } = instance;
    const host = this.#running.get(id);
    const before = this.#states.get(id);
    if (host === undefined) {
      if (state !== 'running' || before !== undefined) return;
      // Known before it runs, so that a second look does not start it again.
      this.#states.set(id, instance);
      this.#running.set(id, await this.#boot(instance));
      return;
    }
    if (before?.state === state) return;
    this.#states.set(id, instance);
    if (state === 'stopped') {
      await host.stop();
      return;
    }
    if (address !== host.address) await host.moveTo(address);
    await host.start();
  }

  async #boot({ id, address }: CloudInstance): Promise<TestHost> {
    const seed = await this.#source.seed(id);
    const { image = 'bookworm', cloudInit = true } = this.#options;
    return await this.#hosts.start({
      image,
      packages: this.#packages(),
      name: this.#hostName(id, seed.name),
      address,
      authorizedKeys: cloudInit ? [] : seed.keys,
      files: cloudInit ? seedFiles(id, seed) : {},
    });
  }

  /** The machine's own, which is what a host is called after a restart, too. */
  #hostName(id: string, name: string): string {
    const valid = name.replace(/[^a-zA-Z0-9.-]/g, '-');
    const taken = [...this.#running.values()].some((host) => host.name === valid);
    return taken ? `${valid}-${id.slice(-6)}` : valid;
  }

  #packages(): readonly string[] {
    return this.#options.cloudInit === false ? [] : INSTANCE_PACKAGES;
  }
}

/** Files from which cloud-init sets up an instance, and what images of clouds say about theirs. */
export function seedFiles(
  id: string,
  { name, keys, userData, user }: Seed,
): Record<string, string> {
  const meta = { 'instance-id': id, 'local-hostname': name, 'public-keys': keys };
  const config = {
    datasource_list: ['NoCloud'],
    // The engine has set up the network.
    network: { config: 'disabled' },
    // Images of clouds have theirs; this one has none that could be chosen.
    locale: false,
    disable_root: user !== 'root',
    system_info: {
      default_user: {
        name: user === 'root' ? 'debian' : user,
        lock_passwd: true,
        sudo: ['ALL=(ALL) NOPASSWD:ALL'],
        shell: '/bin/bash',
      },
    },
  };
  return {
    '/var/lib/cloud/seed/nocloud/meta-data': JSON.stringify(meta),
    '/var/lib/cloud/seed/nocloud/user-data': userData === '' ? '#cloud-config\n{}\n' : userData,
    '/etc/cloud/cloud.cfg.d/90-test.cfg': JSON.stringify(config),
  };
}

/** Instances of EC2 as moto has them. Keys that were imported are only in its own data. */
export function ec2Source(url: string, region = 'us-east-1'): CloudSource {
  const client = new EC2Client({
    region,
    endpoint: url,
    credentials: { accessKeyId: 'testing', secretAccessKey: 'testing' },
  });
  const all = async () => {
    const { Reservations = [] } = await client.send(new DescribeInstancesCommand({}));
    return Reservations.flatMap(({ Instances = [] }) => Instances);
  };
  return {
    list: async () =>
      (await all()).flatMap((instance): CloudInstance[] => {
        const { InstanceId: id = '', State: { Name: state } = {} } = instance;
        const address = instance.PublicIpAddress ?? instance.PrivateIpAddress ?? '';
        if (state !== 'running' && state !== 'stopped') return [];
        return [{ id, state, address }];
      }),
    seed: async (id) => {
      const instance = (await all()).find(({ InstanceId }) => InstanceId === id);
      const { UserData } = await client.send(
        new DescribeInstanceAttributeCommand({ InstanceId: id, Attribute: 'userData' }),
      );
      const data = (await (await fetch(`${url}/moto-api/data.json`)).json()) as {
        readonly ec2?: { readonly KeyPair?: readonly { name: string; material_public: string }[] };
      };
      const pair = data.ec2?.KeyPair?.find(({ name }) => name === instance?.KeyName);
      const key = Buffer.from(pair?.material_public ?? '', 'base64')
        .toString('utf8')
        .trim();
      return {
        name: instance?.Tags?.find(({ Key }) => Key === 'Name')?.Value ?? id,
        keys: key === '' ? [] : [key],
        userData: Buffer.from(UserData?.Value ?? '', 'base64').toString('utf8'),
        user: 'ubuntu',
      };
    },
  };
}

/** Droplets of the fake; it has to give addresses that hosts can have: `{ address: () => hosts.freeAddress() }`. */
export function digitaloceanSource(fake: FakeDigitalOcean): CloudSource {
  return {
    list: () =>
      Promise.resolve(
        [...fake.droplets.values()].flatMap(({ id, status, address, removing }): CloudInstance[] =>
          address === undefined || removing
            ? []
            : [{ id: String(id), state: status === 'active' ? 'running' : 'stopped', address }],
        ),
      ),
    seed: (id) => {
      const droplet = fake.droplets.get(Number(id));
      const { ssh_keys: wanted = [], user_data: userData = '' } = (droplet?.request ?? {}) as {
        readonly ssh_keys?: readonly (string | number)[];
        readonly user_data?: string;
      };
      const keys = [...fake.keys.values()]
        .filter((key) => wanted.includes(key.id) || wanted.includes(key.fingerprint))
        .map((key) => key.public_key);
      return Promise.resolve({ name: droplet?.name ?? id, keys, userData, user: 'root' });
    },
  };
}
